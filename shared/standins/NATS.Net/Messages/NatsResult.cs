namespace NATS.Client.Core;

/// <summary>Success, or the error that a Try method did not throw.</summary>
public readonly struct NatsResult
{
    private readonly Exception? _error;

    public NatsResult(Exception error) => _error = error;

    public bool Success => _error is null;

    public Exception Error => _error ?? throw new InvalidOperationException("The result is a success: it has no error.");

    public static implicit operator NatsResult(Exception error) => new(error);
}

/// <summary>A value, or the error that a Try method did not throw.</summary>
public readonly struct NatsResult<T>
{
    private readonly T? _value;
    private readonly Exception? _error;

    public NatsResult(T value) => _value = value;

    public NatsResult(Exception error) => _error = error;

    public bool Success => _error is null;

    public T Value => _error is null ? _value! : throw new InvalidOperationException("The result is an error: it has no value.");

    public Exception Error => _error ?? throw new InvalidOperationException("The result is a success: it has no error.");

    public static implicit operator NatsResult<T>(T value) => new(value);

    public static implicit operator NatsResult<T>(Exception error) => new(error);
}
