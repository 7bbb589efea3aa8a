using System.Runtime.CompilerServices;

namespace SignalStream.TestKit;

/// <summary>Waits in real time for what has no event to wait for; everything else moves a clock or awaits a task.</summary>
public static class Eventually
{
    private static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <exception cref="TimeoutException">It did not become true in time; the message has the condition's text.</exception>
    public static Task TrueAsync(
        Func<bool> condition, TimeSpan? deadline = null, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        TrueAsync(() => Task.FromResult(condition()), deadline, what);

    /// <inheritdoc cref="TrueAsync(Func{bool}, TimeSpan?, string)"/>
    public static async Task TrueAsync(
        Func<Task<bool>> condition, TimeSpan? deadline = null, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        ArgumentNullException.ThrowIfNull(condition);
        var clock = TimeProvider.System;
        var start = clock.GetTimestamp();
        while (!await condition())
        {
            if (clock.GetElapsedTime(start) > (deadline ?? DefaultDeadline))
                throw new TimeoutException($"Not within {deadline ?? DefaultDeadline}: {what}");
            await Task.Delay(Pause, clock);
        }
    }
}
