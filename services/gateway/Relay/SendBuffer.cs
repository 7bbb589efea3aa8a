using System.Runtime.InteropServices;

namespace SignalStream.Gateway.Relay;

/// <summary>Messages of one viewer that go out in one system call.</summary>
/// <remarks>
/// Frames are small: to copy them into a row costs less than to pin each for a gathered send. A single one is not copied.
/// One a worker, used by one viewer after the other.
/// </remarks>
internal sealed class SendBuffer
{
    private const int Room = 16 << 10;

    private byte[] _row = new byte[Room];
    private readonly List<Outgoing> _items = [];
    private int _length;

    public ReadOnlySpan<Outgoing> Items => CollectionsMarshal.AsSpan(_items);

    public ReadOnlySpan<byte> Bytes => _items.Count == 1 ? _items[0].Message.Span : _row.AsSpan(0, _length);

    /// <summary>Takes a message in; the first fits in any case.</summary>
    /// <returns>Whether another one of its size would fit as well.</returns>
    public bool Add(Outgoing item)
    {
        var message = item.Message.Span;
        if (_items.Count == 1)
            Append(_items[0].Message.Span);
        _items.Add(item);
        if (_items.Count > 1)
            Append(message);
        return (_items.Count > 1 ? _length : message.Length) + message.Length <= Room;
    }

    public void Clear()
    {
        _items.Clear();
        _length = 0;
    }

    private void Append(ReadOnlySpan<byte> message)
    {
        if (_row.Length < _length + message.Length)
            Array.Resize(ref _row, _length + message.Length);
        message.CopyTo(_row.AsSpan(_length));
        _length += message.Length;
    }
}
