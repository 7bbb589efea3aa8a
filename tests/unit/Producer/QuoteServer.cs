using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SignalStream.UnitTests.Producer;

internal enum Answer
{
    Good,
    ServerError,
    NoJson,
    OtherJson,
    NegativePrice,
    CutOff,
    Hang,
    Huge,
}

/// <summary>An HTTP server on loopback that behaves as it is told: the answers in turn, the last one for good.</summary>
internal sealed class QuoteServer : IAsyncDisposable
{
    private const string Quote = """{"quote":[{"price":101.5,"volume":"12","time":"2025-05-30T16:40:00Z"}]}""";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> _paths = new();
    private readonly Answer[] _answers;
    private readonly Task _serving;

    private QuoteServer(Answer[] answers)
    {
        _answers = answers;
        _listener.Start();
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/"));
        _serving = ServeAsync();
    }

    public Uri Address { get; }

    /// <summary>Paths so far.</summary>
    public IReadOnlyList<string> Asked => [.. _paths];

    public Task FirstAsked => _asked.Task;

    public static QuoteServer Start(params Answer[] answers) => new(answers);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
                open.Add(AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
                var line = await reader.ReadLineAsync(_stop.Token);
                while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 })
                {
                }

                var answer = _answers[Math.Min(_paths.Count, _answers.Length - 1)];
                _paths.Enqueue(line!.Split(' ')[1]);
                _asked.TrySetResult();
                if (answer == Answer.Hang)
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(TextOf(answer)), _stop.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException)
            {
                // The client left, or the test is over.
            }
        }
    }

    private static string TextOf(Answer answer) => answer switch
    {
        Answer.Good => Response(200, Quote),
        Answer.ServerError => Response(500, Quote),
        Answer.NoJson => Response(200, "<html>busy</html>"),
        Answer.OtherJson => Response(200, "{}"),
        Answer.NegativePrice => Response(200, """{"quote":[{"price":-1}]}"""),
        Answer.Huge => Response(200, new string(' ', 2 << 20)),
        _ => "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{",
    };

    private static string Response(int status, string body) =>
        string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} Told\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");
}
