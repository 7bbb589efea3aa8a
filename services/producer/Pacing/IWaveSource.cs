using SignalStream.Messaging.Catalog;

namespace SignalStream.Producer.Pacing;

/// <summary>Where samples come from, for the pacer to send when they are due.</summary>
internal interface IWaveSource : IDisposable
{
    /// <summary>What the catalog says of it; epoch, life and producer are filled in by the pacer.</summary>
    CatalogEntry Entry { get; }

    /// <summary>How many samples a frame carries, a channel.</summary>
    int BatchSamples { get; }

    /// <summary>When each sample is due.</summary>
    Schedule Schedule { get; }

    /// <summary>Fills the next samples.</summary>
    /// <param name="values">Shape (channels, count), channel after channel, in the entry's unit.</param>
    /// <param name="count">Samples a channel.</param>
    /// <returns>Samples a channel that there were; fewer than asked for only at the end.</returns>
    int Read(Span<float> values, int count);
}
