using System.Net;
using System.Net.Sockets;
using System.Text;
using NATS.Client.Core;
using NATS.Client.Core.Protocol;
using SignalStream.TestKit;

namespace SignalStream.UnitTests.Nats;

public sealed class CommandWriterTests : IDisposable
{
    private readonly CommandWriter _writer = new(4096, TimeProvider.System);

    public CommandWriterTests() => _writer.Accept(true);

    public void Dispose() => _writer.Dispose();

    /// <summary>The last subject is remembered as it was encoded: it must not be taken for another one.</summary>
    [Fact]
    public async Task TryPublish_SubjectsInTurn_EachGoesToItsOwn()
    {
        await using var line = await Line.OpenAsync();
        _writer.Attach(line.Client, () => []);
        var (one, two, lengthy) = ("one", "two", new string('l', 100));
        var expected = new StringBuilder();
        foreach (var subject in new[] { one, one, two, one, one, lengthy, lengthy, two, new string(two), "é", "é" })
        {
            Publish(subject, 50);
            expected.Append("PUB ").Append(subject).Append(" 50\r\n").Append('x', 50).Append("\r\n");
        }

        await line.ReceivesAsync(expected.ToString());
    }

    [Fact]
    public async Task Attach_PublishesKept_SendsThemOnceAfterTheOpening()
    {
        Publish("a", 3);
        Publish("b", 3);
        await using var line = await Line.OpenAsync();
        _writer.Attach(line.Client, () => "SUB x 1\r\n"u8.ToArray());
        await line.ReceivesAsync("SUB x 1\r\nPUB a 3\r\nxxx\r\nPUB b 3\r\nxxx\r\n");
        await _writer.DetachAsync();

        await using var next = await Line.OpenAsync();
        _writer.Attach(next.Client, () => []);
        Publish("c", 1);
        await next.ReceivesAsync("PUB c 1\r\nx\r\n");
    }

    [Fact]
    public async Task Attach_CommandCutInTwo_IsSentWholeOnTheNextConnection()
    {
        await CutAsync("long", 4_000_000);
        Publish("after", 1);

        await using var line = await Line.OpenAsync();
        _writer.Attach(line.Client, () => []);
        await line.ReceivesAsync($"PUB long 4000000\r\n{new string('x', 4_000_000)}\r\nPUB after 1\r\nx\r\n");
    }

    /// <summary>A server that ends the connection in the middle of a message does so for the message: it must not hold up the rest for ever.</summary>
    [Fact]
    public async Task Attach_SameCommandCutTwice_IsGivenUp()
    {
        await CutAsync("poison", 4_000_000);
        Publish("after", 1);
        await CutAsync(null, 0);

        await using var line = await Line.OpenAsync();
        _writer.Attach(line.Client, () => []);
        await line.ReceivesAsync("PUB after 1\r\nx\r\n");
        Assert.Equal(1, _writer.GivenUp);
    }

    [Fact]
    public async Task Attach_AnotherCommandCut_GetsItsSecondChanceToo()
    {
        await CutAsync("first", 4_000_000);
        await using (var line = await Line.OpenAsync())
        {
            _writer.Attach(line.Client, () => []);
            await line.ReceivesAsync($"PUB first 4000000\r\n{new string('x', 4_000_000)}\r\n");
            await _writer.DetachAsync();
        }

        await CutAsync("second", 4_000_000);
        await using var last = await Line.OpenAsync();
        _writer.Attach(last.Client, () => []);
        await last.ReceivesAsync($"PUB second 4000000\r\n{new string('x', 4_000_000)}\r\n");
        Assert.Equal(0, _writer.GivenUp);
    }

    [Fact]
    public async Task PauseAsync_WhileSending_SendsWhatCameBeforeAndKeepsTheRest()
    {
        await using var line = await Line.OpenAsync();
        _writer.Attach(line.Client, () => []);
        Publish("before", 1_000_000);
        var paused = _writer.PauseAsync(line.Client);
        await line.ReceivesAsync($"PUB before 1000000\r\n{new string('x', 1_000_000)}\r\n");
        await paused.WaitAsync(TimeSpan.FromSeconds(10));
        Publish("after", 1);
        await _writer.DetachAsync();
        Assert.True(line.IsQuiet);

        await using var next = await Line.OpenAsync();
        _writer.Attach(next.Client, () => []);
        await next.ReceivesAsync("PUB after 1\r\nx\r\n");
    }

    /// <summary>A connection that was to be left may be gone and followed by another one by then.</summary>
    [Fact]
    public async Task PauseAsync_AnotherConnectionMeanwhile_StopsNothing()
    {
        await using var gone = await Line.OpenAsync();
        _writer.Attach(gone.Client, () => []);
        await _writer.DetachAsync();
        await using var line = await Line.OpenAsync();
        _writer.Attach(line.Client, () => []);
        await _writer.PauseAsync(gone.Client);
        Publish("a", 1);
        await line.ReceivesAsync("PUB a 1\r\nx\r\n");
    }

    [Fact]
    public async Task WaitForRoomAsync_DisconnectedAndNothingKept_WaitsForAConnection()
    {
        var waiting = _writer.WaitForRoomAsync();
        Assert.False(waiting.IsCompleted);
        await using var line = await Line.OpenAsync();
        _writer.Attach(line.Client, () => []);
        await waiting.WaitAsync(TimeSpan.FromSeconds(10));
    }

    /// <summary>Sends to a peer that takes nothing, until it hangs, and breaks the connection there.</summary>
    private async Task CutAsync(string? subject, int length)
    {
        await using var line = await Line.OpenAsync();
        _writer.Attach(line.Client, () => []);
        if (subject is not null)
            Publish(subject, length);
        await Eventually.TrueAsync(() => line.IsStuck);
        await _writer.DetachAsync();
    }

    private void Publish(string subject, int length) => Assert.Equal(
        PublishOutcome.Taken,
        _writer.TryPublish(subject, new ReplySubject((string?)null), default, Encoding.ASCII.GetBytes(new string('x', length)), check: true));

    /// <summary>A connection with small buffers, so that a long command does not disappear in them.</summary>
    private sealed class Line(Socket client, Socket server) : IAsyncDisposable
    {
        private int _available = -1;

        public Transport Client { get; } = new(client);

        /// <summary>Whether something has come and no more of it has since the last look.</summary>
        public bool IsStuck => server.Available > 0 && server.Available == Interlocked.Exchange(ref _available, server.Available);

        public bool IsQuiet => server.Available == 0;

        public static async Task<Line> OpenAsync()
        {
            using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 8192 };
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen();
            var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = 8192 };
            await client.ConnectAsync(listener.LocalEndPoint!);
            client.Blocking = false;
            return new Line(client, await listener.AcceptAsync());
        }

        public async Task ReceivesAsync(string expected)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            var received = new byte[Encoding.UTF8.GetByteCount(expected)];
            for (var read = 0; read < received.Length;)
                read += await server.ReceiveAsync(received.AsMemory(read), limit.Token) is > 0 and var count ? count : throw new IOException("Closed.");
            Assert.True(expected == Encoding.UTF8.GetString(received), "Something else was sent.");
            Assert.True(IsQuiet, "More was sent.");
        }

        public ValueTask DisposeAsync()
        {
            Client.Dispose();
            server.Dispose();
            return default;
        }
    }
}
