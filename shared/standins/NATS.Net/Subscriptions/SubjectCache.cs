using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace NATS.Client.Core;

/// <summary>
/// The subjects that a subscription has seen, as strings, found by their bytes: a stream's subject is made once, not with
/// each message. An entry gives way to another of the same place; more readers at once do no harm, since an entry is one
/// reference.
/// </summary>
internal sealed class SubjectCache(string subject)
{
    private const int InitialPlaces = 16;

    /// <summary>Room for the streams of a large installation: 8,192 references are 64 KiB.</summary>
    private const int MaxPlaces = 8192;

    private string?[] _places = new string?[InitialPlaces];
    private int _misses;

    public string Get(ReadOnlySpan<byte> bytes)
    {
        if (Ascii.Equals(bytes, subject))
            return subject;
        var places = _places;
        var place = Hash(bytes) & (places.Length - 1);
        var known = places[place];
        return known is not null && Ascii.Equals(bytes, known) ? known : Add(bytes, places, place);
    }

    private string Add(ReadOnlySpan<byte> bytes, string?[] places, int place)
    {
        var made = Encoding.UTF8.GetString(bytes);
        places[place] = made;
        if (++_misses > places.Length && places.Length < MaxPlaces)
        {
            _misses = 0;
            _places = new string?[places.Length * 4];
        }

        return made;
    }

    private static int Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = (ulong)bytes.Length;
        while (bytes.Length >= 8)
        {
            hash = (BitOperations.RotateLeft(hash, 23) ^ MemoryMarshal.Read<ulong>(bytes)) * 0x9E3779B97F4A7C15;
            bytes = bytes[8..];
        }

        foreach (var b in bytes)
            hash = (hash ^ b) * 0x9E3779B97F4A7C15;
        return (int)(hash >> 40);
    }
}
