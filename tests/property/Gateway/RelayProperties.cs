using FsCheck;
using FsCheck.Fluent;

namespace SignalStream.PropertyTests.Gateway;

public sealed class RelayProperties
{
    /// <summary>
    /// Whatever comes when, whoever stalls, subscribes or changes its wish: every sample is told once, in full, in a column that
    /// is right, or in a gap; and the accounts say so to the sample.
    /// </summary>
    [Fact]
    public void Viewer_AnySchedule_IsToldEverySampleOnceAndTheAccountsAddUp() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var schedule = new ViewerSchedule(seed);
            schedule.Play(600);
            schedule.Finish();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
}
