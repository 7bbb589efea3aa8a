using SignalStream.Gateway.WebSockets;

namespace SignalStream.UnitTests.Gateway;

public class DeflateOfferTests
{
    private const string Plain = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    private const string Whole = Plain + "; server_max_window_bits=15";

    [Theory]
    [InlineData("permessage-deflate", Plain)]
    [InlineData("permessage-deflate; client_max_window_bits", Plain)] // Chromium, Node's ws
    [InlineData("permessage-deflate; client_max_window_bits=10; server_no_context_takeover", Plain)]
    [InlineData("permessage-deflate; client_max_window_bits=\"10\"", Plain)]
    [InlineData("permessage-deflate; server_max_window_bits=15", Whole)]
    [InlineData("permessage-deflate; server_max_window_bits=10, permessage-deflate", Plain)]
    [InlineData("x-webkit-deflate-frame, permessage-deflate", Plain)]
    public void Answer_OfferThatCanBeServed_IsWithoutContext(string offer, string answer) => Assert.Equal(answer, DeflateOffer.Answer([offer]));

    [Theory]
    [InlineData("")]
    [InlineData("x-webkit-deflate-frame")]
    [InlineData("permessage-deflate=1")]
    [InlineData("permessage-deflate; server_max_window_bits=10")] // deflate here has its whole window
    [InlineData("permessage-deflate; server_max_window_bits")] // needs a value
    [InlineData("permessage-deflate; client_max_window_bits=7")]
    [InlineData("permessage-deflate; client_max_window_bits=16")]
    [InlineData("permessage-deflate; client_max_window_bits=010")]
    [InlineData("permessage-deflate; server_no_context_takeover=1")]
    [InlineData("permessage-deflate; client_no_context_takeover; client_no_context_takeover")]
    [InlineData("permessage-deflate; unknown")]
    [InlineData("permessage-deflate; ;;")]
    public void Answer_OfferThatBreaksARuleOrAsksForMore_IsNone(string offer) => Assert.Null(DeflateOffer.Answer([offer]));

    [Fact]
    public void Answer_OffersInTwoHeaders_TheFirstThatCanBeServedCounts() =>
        Assert.Equal(Whole, DeflateOffer.Answer(["permessage-deflate; server_max_window_bits=9", "permessage-deflate; server_max_window_bits=15"]));
}
