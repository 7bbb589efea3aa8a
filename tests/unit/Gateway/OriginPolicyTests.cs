using SignalStream.Gateway.Security;
using SignalStream.Gateway.WebSockets;

namespace SignalStream.UnitTests.Gateway;

public class OriginPolicyTests
{
    private readonly OriginPolicy _policy = new(new WebSocketLimits { AllowedOrigins = { "https://ward.example" } });

    [Theory]
    [InlineData(null, true)]
    [InlineData("http://localhost:8080", true)]
    [InlineData("https://localhost:8080", true)]
    [InlineData("https://ward.example", true)]
    [InlineData("http://ward.example", false)]
    [InlineData("https://ward.example.evil", false)]
    [InlineData("http://localhost:8081", false)]
    [InlineData("http://localhost:8080.evil", false)]
    [InlineData("http://evil/localhost:8080", false)]
    [InlineData("null", false)]
    [InlineData("localhost:8080", false)]
    public void Allows_Origin_OnlyOursAndThoseListed(string? origin, bool allowed) =>
        Assert.Equal(allowed, _policy.Allows(origin, "localhost:8080"));
}
