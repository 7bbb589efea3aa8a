using V1 = SignalStream.Contracts.V1;

namespace SignalStream.Messaging.Codec;

/// <summary>What is found of a heart beside its beats and rates, to protobuf and back.</summary>
internal static class HeartCodec
{
    public static V1.SignalQuality Body(SignalQualityEvent quality) => new()
    {
        Index = (float)quality.Index,
        Leads =
        {
            quality.Leads.Select(lead => new V1.SignalQuality.Types.Lead
            {
                Index = (float)lead.Index,
                LeadOff = lead.IsLeadOff,
                Flat = lead.IsFlat,
                Saturated = lead.IsSaturated,
                Noise = lead.IsNoisy,
            }),
        },
    };

    public static SignalQualityEvent Read(EventPlace place, string madeBy, V1.SignalQuality quality) => new(
        place, madeBy, quality.Index,
        [.. quality.Leads.Select(lead => new LeadQuality(lead.Index, lead.LeadOff, lead.Flat, lead.Saturated, lead.Noise))]);

    public static V1.HeartRateVariability Body(HeartRateVariabilityEvent variability) => new()
    {
        RmssdMs = (float)variability.RmssdMs,
        SdnnMs = (float)variability.SdnnMs,
        Pnn50Percent = (float)variability.Pnn50Percent,
        NnCount = (uint)variability.NnCount,
        SpanS = (float)variability.SpanS,
        NnShare = (float)variability.NnShare,
    };

    public static HeartRateVariabilityEvent Read(EventPlace place, string madeBy, V1.HeartRateVariability variability) => new(
        place, madeBy, variability.RmssdMs, variability.SdnnMs, variability.Pnn50Percent, (int)variability.NnCount,
        variability.SpanS, variability.NnShare);
}
