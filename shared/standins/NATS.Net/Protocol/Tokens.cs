namespace NATS.Client.Core.Protocol;

internal static class Tokens
{
    /// <summary>Splits bytes at any of the separators; more tokens than there is room for count, but are not kept.</summary>
    public static int SplitAny(this ReadOnlySpan<byte> bytes, Span<Range> tokens, ReadOnlySpan<byte> separators, bool removeEmpty)
    {
        var count = 0;
        var start = 0;
        while (start <= bytes.Length)
        {
            var length = bytes[start..].IndexOfAny(separators);
            var end = length < 0 ? bytes.Length : start + length;
            if (end > start || !removeEmpty)
            {
                if (count < tokens.Length)
                    tokens[count] = start..end;
                count++;
            }

            start = end + 1;
        }

        return count;
    }
}
