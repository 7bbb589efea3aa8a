namespace Prometheus;

/// <summary>Counts the exceptions that leave an operation; they are thrown on.</summary>
public static class CounterExtensions
{
    public static void CountExceptions(this ICounter counter, Action wrapped, Func<Exception, bool>? exceptionFilter = null)
    {
        try
        {
            wrapped();
        }
        catch (Exception exception) when (exceptionFilter?.Invoke(exception) ?? true)
        {
            counter.Inc();
            throw;
        }
    }

    public static async Task CountExceptionsAsync(
        this ICounter counter, Func<Task> wrapped, Func<Exception, bool>? exceptionFilter = null)
    {
        try
        {
            await wrapped();
        }
        catch (Exception exception) when (exceptionFilter?.Invoke(exception) ?? true)
        {
            counter.Inc();
            throw;
        }
    }
}
