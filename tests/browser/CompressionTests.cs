using SignalStream.TestKit;

namespace SignalStream.BrowserTests;

/// <summary>Chromium's own decompression: it offers it always, and gets it when the address asks.</summary>
public sealed class CompressionTests(Browser browser) : IClassFixture<Browser>
{
    private const string Script = """
        async compress => {
            const socket = new WebSocket(`ws://${location.host}/ws?compress=${compress}`, "signalstream.v1");
            socket.binaryType = "arraybuffer";
            await new Promise(opened => socket.onopen = opened);
            const frames = await new Promise(enough => {
                const waves = [];
                socket.onmessage = ({ data }) => {
                    if (typeof data === "string") return;
                    const view = new DataView(data);
                    if (view.getUint8(0) !== 1) return;
                    waves.push({ topic: view.getUint32(4, true), first: view.getBigUint64(16, true), next: view.getBigUint64(16, true) + BigInt(view.getUint16(2, true)) });
                    if (waves.length === 50) enough(waves);
                };
                socket.send(JSON.stringify({ cmd: "subscribe", streams: ["ecg.*"], types: ["wave"] }));
            });
            socket.close();
            const expected = new Map();
            const holes = frames.filter(({ topic, first, next }) => {
                const before = expected.get(topic) ?? first;
                expected.set(topic, next);
                return before !== first;
            }).length;
            return `${socket.extensions.split(";")[0]}|${holes}`;
        }
        """;

    [SkippableFact]
    public async Task WebSocket_AskingForCompression_GetsItAndEveryFrame()
    {
        Requirement.Chromium();
        await using var system = await RunningSystem.StartAsync();
        var gateway = await system.AddAsync("gateway");
        await system.AddAsync("producer", "Ecg:BatchSamples=50");
        await using var page = await browser.OpenAsync(gateway.Address);
        Assert.Equal("permessage-deflate|0", await page.ValueAsync<string>($"({Script})(1)"));
        Assert.Equal("|0", await page.ValueAsync<string>($"({Script})(0)"));
    }
}
