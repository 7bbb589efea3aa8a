using SignalStream.Contracts;
using SignalStream.Contracts.V1;

namespace SignalStream.Messaging.Partitions;

/// <summary>The checkpoint that a partition starts from: the newest one that the logs bear out.</summary>
public sealed partial class PartitionEngine
{
    /// <summary>Where none is borne out: messages that were stored shortly before may be in it or not, and are known again by their place.</summary>
    private static readonly TimeSpan ReadBefore = TimeSpan.FromSeconds(5);

    private async Task<StartingPoint?> FindStartAsync(int number, StoredCheckpoint stored, CancellationToken cancellationToken)
    {
        var parts = _checkpoints.LoadPartsAsync(number, stored.Checkpoint, cancellationToken);
        var ends = await _input.EndsAsync(cancellationToken);
        var newest = StartingPoint.Of(stored.Checkpoint, await parts);
        if (ends.Last < ReaderAt || (ends.CreatedNs != _logCreatedNs && !await IsSameLogAsync(ends, cancellationToken)))
        {
            // Another log than the one that is read: to be looked at first. What was kept of that must not go into this one.
            Interlocked.Exchange(ref _isInDoubt, 1);
            return null;
        }

        if (await IsBorneOutAsync(newest, ends, cancellationToken))
            return newest;
        foreach (var head in stored.Revision == 0 ? [] : (await _checkpoints.HistoryAsync(number, cancellationToken)).Skip(1))
        {
            var older = new StartingPoint(head, await _checkpoints.LoadPartsAsync(number, head, cancellationToken), false);
            if (!older.IsWhole || older.Position == 0 || !await IsBorneOutAsync(older, ends, cancellationToken))
                continue;
            Counters.CountGoneBack();
            _reports.Troubled($"{_log} or a log of outputs has lost its end: partition {number} starts from an older checkpoint, behind {older.Position}.");
            return older;
        }

        return await FitAsync(number, newest, ends, cancellationToken);
    }

    /// <summary>Its input is in the log, or was; so are its outputs.</summary>
    private async Task<bool> IsBorneOutAsync(StartingPoint start, LogEnds ends, CancellationToken cancellationToken)
    {
        var input = start.Parts.Select(part => HadAsync(part, start.Head, ends, cancellationToken));
        var outputs = _capability.Outputs.Select(type => HasOutputAsync(start, type, cancellationToken));
        return (await Task.WhenAll([.. input, .. outputs])).All(isThere => isThere);
    }

    private Task<bool> HadAsync(CheckpointPart part, Checkpoint head, LogEnds ends, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (part.InputTimeNs != 0 && _recent.StoredNsOf(part.InputSequence) == part.InputTimeNs)
                return Task.FromResult(true);
        }

        return _input.HadAsync(part.InputSequence, part.InputTimeNs, head.LogCreatedNs, ends, cancellationToken);
    }

    private Task<bool> HasOutputAsync(StartingPoint start, SignalType type, CancellationToken cancellationToken) =>
        start.NewestOutput(type, _capability) is { } newest && StreamId.TryParse(newest.Stream, out var stream)
            ? _outputs[type].HadAsync(_outputs[type].SubjectOf(stream), newest.Sequence, cancellationToken)
            : Task.FromResult(true);

    /// <summary>No checkpoint is borne out: the newest state counts all the same, and reading begins shortly before its time.</summary>
    private async Task<StartingPoint> FitAsync(int number, StartingPoint newest, LogEnds ends, CancellationToken cancellationToken)
    {
        foreach (var part in newest.Parts)
        {
            if (await HadAsync(part, newest.Head, ends, cancellationToken))
                continue;
            part.InputSequence = part.InputTimeNs == 0
                ? 0
                : await _input.PositionAtAsync(part.InputTimeNs - (long)ReadBefore.TotalNanoseconds, ends, cancellationToken);
            _reports.Troubled($"{_log} is not the one that the checkpoints of partition {number} speak of: going on behind {part.InputSequence}.");
        }

        return newest with { IsNewest = false };
    }
}
