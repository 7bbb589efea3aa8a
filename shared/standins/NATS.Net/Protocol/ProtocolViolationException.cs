namespace NATS.Client.Core.Protocol;

/// <summary>The server sent what is no NATS protocol, or more than is allowed: the connection cannot go on.</summary>
internal sealed class ProtocolViolationException(string message) : Exception(message);
