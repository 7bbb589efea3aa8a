using System.Globalization;
using System.Net.Http.Headers;

namespace SignalStream.Gateway.WebSockets;

/// <summary>What a client offers of permessage-deflate, and what is made of it (RFC 7692, sections 5 and 7.1).</summary>
internal static class DeflateOffer
{
    private const string Name = "permessage-deflate";
    private const string Forgetful = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    /// <summary>The whole window of deflate: what is sent has no smaller one, and what comes may have any.</summary>
    private const int WholeWindow = 15;

    /// <summary>The answer to the first offer that can be served; null when there is none.</summary>
    /// <param name="extensions">The header's values; each may hold several offers.</param>
    public static string? Answer(IEnumerable<string?> extensions)
    {
        foreach (var offer in extensions.SelectMany(e => (e ?? "").Split(',')))
        {
            if (NameValueWithParametersHeaderValue.TryParse(offer.Trim(), out var read) && read is { Name: Name, Value: null }
                && TryServe(read.Parameters, out var answer))
            {
                return answer;
            }
        }

        return null;
    }

    private static bool TryServe(ICollection<NameValueHeaderValue> parameters, out string answer)
    {
        answer = Forgetful;
        foreach (var parameter in parameters)
        {
            var value = parameter.Value?.Trim('"');
            switch (parameter.Name)
            {
                case "server_no_context_takeover" or "client_no_context_takeover" when value is null:
                case "client_max_window_bits" when value is null || IsWindow(value):
                    break;
                case "server_max_window_bits" when value is not null && IsWindow(value) && Bits(value) == WholeWindow:
                    answer = $"{Forgetful}; server_max_window_bits={WholeWindow}";
                    break;
                default:
                    return false;
            }
        }

        return parameters.DistinctBy(p => p.Name).Count() == parameters.Count;
    }

    private static bool IsWindow(string value) => value is not ['0', ..] && Bits(value) is >= 8 and <= WholeWindow;

    private static int Bits(string value) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var bits) ? bits : 0;
}
