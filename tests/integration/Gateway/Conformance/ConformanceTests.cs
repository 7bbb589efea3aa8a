using System.Buffers.Binary;

namespace SignalStream.IntegrationTests.Gateway.Conformance;

/// <summary>The endpoint's WebSocket layer, case by case as the Autobahn testsuite numbers them, with a handler that gives back what comes.</summary>
public sealed class ConformanceTests(EchoGateway gateway) : IClassFixture<EchoGateway>
{
    private static readonly Dictionary<string, Case> Cases =
        new[] { FramingCases.All, Utf8Cases.All, ClosingCases.All, DeflateCases.All }.SelectMany(c => c).ToDictionary(c => c.Name);

    public static TheoryData<string> Names => [.. Cases.Keys];

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public async Task Case_OfTheTestsuite_EndsAsTheStandardSays(string name)
    {
        var script = Cases[name];
        using var client = script.Deflates
            ? await RawViewer.ConnectAsync(await gateway.StartedAsync(), DeflateCases.Offer, EchoGateway.Path + "?compress=1")
            : await RawViewer.ConnectAsync(await gateway.StartedAsync(), path: EchoGateway.Path);
        Assert.Equal(EchoGateway.Greeting, (await client.ReadAsync()).Payload);
        foreach (var step in script.Steps)
        {
            if (step is Expect expected)
                Assert.Equal((expected.Opcode, Convert.ToHexString(expected.Payload)), Shown(await client.ReadAsync()));
            else
                await WriteAsync(client, ((Send)step).Parts, script.Chop);
        }

        var (opcode, payload) = await client.ReadAsync();
        Assert.Equal((8, script.Code), (opcode, BinaryPrimitives.ReadUInt16BigEndian(payload)));
        await client.ReadToEndAsync();
    }

    /// <summary>A server that has closed need not take the rest.</summary>
    private static async Task WriteAsync(RawViewer client, IReadOnlyList<byte[]> parts, int chop)
    {
        byte[] all = [.. parts.SelectMany(p => p)];
        try
        {
            foreach (var piece in chop == Case.WholeFrames ? parts : all.Chunk(chop == 0 ? all.Length : chop))
                await client.WriteAsync(piece);
        }
        catch (IOException)
        {
            // What it said before is still to be read.
        }
    }

    private static (int Opcode, string Payload) Shown((int Opcode, byte[] Payload) frame) => (frame.Opcode, Convert.ToHexString(frame.Payload));
}
