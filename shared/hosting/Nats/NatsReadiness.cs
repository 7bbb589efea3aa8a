namespace SignalStream.Hosting.Nats;

/// <summary>Tells when NATS is connected and the logs are there.</summary>
public sealed class NatsReadiness
{
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Null when all is well, else what is missing, a sentence.</summary>
    public string? Missing { get; private set; } = "NATS has not been reached yet.";

    /// <summary>Waits until it was ready for the first time.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _first.Task.WaitAsync(cancellationToken);

    internal void Ready()
    {
        Missing = null;
        _first.TrySetResult();
    }

    internal void NotReady(string why) => Missing = why;
}
