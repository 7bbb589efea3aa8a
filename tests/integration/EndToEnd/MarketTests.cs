using SignalStream.TestKit;
using V1 = SignalStream.Contracts.V1;

namespace SignalStream.IntegrationTests.EndToEnd;

/// <summary>From a simulated market to a viewer's outlook.</summary>
[Collection(nameof(EndToEndGroup))]
public sealed class MarketTests
{
    [SkippableFact]
    public async Task Simulator_ThroughAllServices_ReachesTheViewerAsOutlooksAndRecords()
    {
        await using var system = await RunningSystem.StartAsync();
        await system.AddAsync("predictor");
        var gateway = await system.AddAsync("gateway");
        await using var viewer = await ViewerClient.ConnectAsync(gateway.Address);
        await viewer.SubscribeAsync("market.*");
        await system.AddAsync(
            "producer", "Ecg:Beds=0", "Market:Source=Simulator", "Market:Symbols=AAPL,MSFT", "Market:UpdateIntervalSeconds=0.1", "Market:WarmUpBars=80");

        await Eventually.TrueAsync(() => Outlooks(viewer, "market.MSFT").Length > 40, TimeSpan.FromSeconds(60));
        var outlooks = Outlooks(viewer, "market.MSFT");
        Assert.All(outlooks, e => Assert.True(e.PriceOutlook.Simulated));
        Assert.Equal(outlooks.Select(e => e.Index).Distinct().Order(), outlooks.Select(e => e.Index));
        Assert.Equal([1U, 3U, 6U, 12U], outlooks[^1].PriceOutlook.Horizons.Select(h => h.Steps));
        Assert.NotEmpty(Outlooks(viewer, "market.AAPL"));
        var records = viewer.Events.Where(e => e.ModelRecord is not null).Select(e => e.ModelRecord.Model).Distinct().Order();
        Assert.Equal(["price-1", "price-2"], records);
    }

    private static V1.Event[] Outlooks(ViewerClient viewer, string stream) =>
        [.. viewer.Events.Where(e => e.PriceOutlook is not null && e.Stream == stream)];
}
