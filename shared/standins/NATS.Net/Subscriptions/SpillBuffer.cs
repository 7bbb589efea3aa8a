namespace NATS.Client.Core;

/// <summary>
/// Where a subscription that lags copies its messages together, so that a few small ones of it do not keep many receive
/// buffers, mostly full of others' messages, from being reused.
/// </summary>
internal sealed class SpillBuffer(ReceiveBufferPool pool)
{
    private ReceiveBuffer? _buffer;
    private int _used;

    public bool TryCopy(in RawMessage message, out RawMessage copy)
    {
        copy = default;
        if (message.Extent > pool.BufferSize / 4)
            return false;
        if (_buffer is null || _used + message.Extent > pool.BufferSize)
        {
            _buffer?.Seal();
            _buffer = pool.Rent();
            _used = 0;
        }

        copy = message.CopyTo(_buffer, _used);
        _used += message.Extent;
        return true;
    }
}
