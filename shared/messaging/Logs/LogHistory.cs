using System.Globalization;
using System.Runtime.CompilerServices;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using SignalStream.Contracts;

namespace SignalStream.Messaging.Logs;

/// <summary>Which messages of a stream are read from its log.</summary>
/// <param name="Since">Only what was stored at this time or later; null: from the oldest there is on.</param>
/// <param name="Until">Only what was stored before; null: what there is when reading begins.</param>
/// <param name="Last">Of these so many, the last ones; null: all.</param>
public readonly record struct LogStretch(DateTimeOffset? Since, DateTimeOffset? Until, int? Last);

/// <summary>Reads what a log has of one stream when asked, oldest first, and ends.</summary>
/// <remarks>At most 500 messages wait here, so who reads slowly costs no memory.</remarks>
public sealed class LogHistory(INatsConnection connection)
{
    /// <summary>Tries to find where the last messages begin; what is then too many is read and passed over.</summary>
    private const int MostTries = 12;

    private const int CheapToSkip = 2000;

    /// <summary>A log that sends nothing for so long, although it has more, is given up.</summary>
    private static readonly TimeSpan StallsAfter = TimeSpan.FromSeconds(10);

    private static readonly NatsJSConsumeOpts Gentle = new()
    {
        MaxMsgs = 500,
        Expires = TimeSpan.FromSeconds(5),
        IdleHeartbeat = TimeSpan.FromSeconds(1),
    };

    private readonly NatsJSContext _jetStream = new(connection);

    private sealed record Opening(INatsJSConsumer Consumer, long Skip, long Take);

    /// <summary>Reads the stretch.</summary>
    /// <param name="type">Whose log.</param>
    /// <param name="stream">Of which stream.</param>
    /// <param name="stretch">What of it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="NatsException">The log cannot be read.</exception>
    /// <exception cref="TimeoutException">It sends no more.</exception>
    public async IAsyncEnumerable<LoggedMessage> ReadAsync(
        SignalType type, StreamId stream, LogStretch stretch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var log = new Source(_jetStream, LogDefinitions.NameOf(type), Subjects.Of(type, stream));
        var (consumer, skip, take) = await OpenAsync(log, stretch, cancellationToken);
        using var stalled = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var messages = consumer.ConsumeAsync<byte[]>(opts: Gentle, cancellationToken: stalled.Token).GetAsyncEnumerator(stalled.Token);
        while (take > 0)
        {
            if (!await MoveNextAsync(messages, stalled))
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw new TimeoutException($"The log {LogDefinitions.NameOf(type)} has sent nothing for {StallsAfter.TotalSeconds} s, and {take} more messages were due.");
            }

            if (messages.Current.Metadata is not { } place)
                continue;
            if (skip > 0)
            {
                skip--;
                continue;
            }

            take--;
            yield return new LoggedMessage(place.Sequence.Stream, place.Timestamp, place.NumPending, messages.Current.Data);
            // Fewer than expected: the oldest were discarded meanwhile.
            if (place.NumPending == 0)
                yield break;
        }
    }

    /// <summary>When the oldest message that a log has was stored, of whatever stream; null when it is empty.</summary>
    /// <exception cref="NatsException">The log cannot be read.</exception>
    public async Task<DateTimeOffset?> OldestAsync(SignalType type, CancellationToken cancellationToken)
    {
        var state = (await _jetStream.GetStreamAsync(LogDefinitions.NameOf(type), cancellationToken: cancellationToken)).Info.State;
        return state.Messages > 0 && DateTimeOffset.TryParse(state.FirstTs, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var oldest)
            ? oldest
            : null;
    }

    private static async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<INatsJSMsg<byte[]>> messages, CancellationTokenSource stalled)
    {
        var next = messages.MoveNextAsync();
        if (next.IsCompletedSuccessfully)
            return next.Result;
        stalled.CancelAfter(StallsAfter);
        try
        {
            return await next;
        }
        catch (OperationCanceledException) when (stalled.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            if (!stalled.IsCancellationRequested)
                stalled.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    private static async Task<Opening> OpenAsync(Source log, LogStretch stretch, CancellationToken cancellationToken)
    {
        var first = await log.SinceAsync(stretch.Since, cancellationToken);
        var behind = stretch.Until is { } until ? (await log.SinceAsync(until, cancellationToken)).Pending : 0;
        var there = Math.Max(0, first.Pending - behind);
        if (stretch.Last is not { } last || there <= last + CheapToSkip)
            return new Opening(first.Consumer, Math.Max(0, there - (stretch.Last ?? there)), Math.Min(stretch.Last ?? there, there));
        var start = await log.FindAsync(first, behind + last, cancellationToken);
        return new Opening(start.Consumer, start.Pending - behind - last, last);
    }

    /// <summary>A consumer that has not been read, and how much it would deliver.</summary>
    private readonly record struct Start(INatsJSConsumer Consumer, long Pending);

    private sealed record Source(NatsJSContext JetStream, string Name, string Subject)
    {
        private NatsJSOrderedConsumerOpts Options => new()
        {
            FilterSubjects = [Subject],
            InactiveThreshold = TimeSpan.FromSeconds(30),
            MaxResetAttempts = 20,
        };

        public Task<Start> SinceAsync(DateTimeOffset? since, CancellationToken cancellationToken) => CreateAsync(
            since is { } time ? Options with { DeliverPolicy = ConsumerConfigDeliverPolicy.ByStartTime, OptStartTime = time } : Options,
            cancellationToken);

        /// <summary>A start with at least so many messages behind it and not many more, by interpolation between sequences.</summary>
        public async Task<Start> FindAsync(Start all, long wanted, CancellationToken cancellationToken)
        {
            var state = (await JetStream.GetStreamAsync(Name, cancellationToken: cancellationToken)).Info.State;
            var aim = wanted + Math.Max(CheapToSkip / 4, wanted / 8);
            var (low, lowPending) = ((double)state.FirstSeq, all.Pending);
            var (high, highPending) = ((double)state.LastSeq + 1, 0L);
            for (var tries = 0; tries < MostTries && high - low > 1 && lowPending - wanted > Math.Max(CheapToSkip, wanted / 4); tries++)
            {
                var share = (double)(aim - highPending) / Math.Max(1, lowPending - highPending);
                var guess = Math.Clamp(Math.Round(high - ((high - low) * share)), low + 1, high - 1);
                // Where streams come and go, proportion misleads: every third try halves.
                if (tries % 3 == 2)
                    guess = Math.Floor((low + high) / 2);
                var start = await CreateAsync(
                    Options with { DeliverPolicy = ConsumerConfigDeliverPolicy.ByStartSequence, OptStartSeq = (ulong)guess }, cancellationToken);
                if (start.Pending >= wanted)
                    (low, lowPending, all) = (guess, start.Pending, start);
                else
                    (high, highPending) = (guess, start.Pending);
            }

            return all;
        }

        private async Task<Start> CreateAsync(NatsJSOrderedConsumerOpts options, CancellationToken cancellationToken)
        {
            var consumer = await JetStream.CreateOrderedConsumerAsync(Name, options, cancellationToken);
            return new Start(consumer, (long)consumer.Info.NumPending);
        }
    }
}
