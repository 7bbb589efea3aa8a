using System.Globalization;
using NATS.Client.Core;

namespace SignalStream.Messaging.Settings;

/// <summary>Users' rules in the bucket <c>rules</c>, as who edits them sees them.</summary>
/// <remarks>Every partition's owner copies all of them into its log, and they stand in its checkpoints: their number has a bound.</remarks>
public sealed class RuleStore(SettingsStore settings)
{
    /// <summary>Most rules.</summary>
    public const int MostRules = 1000;

    /// <summary>Most JSON of all of them together, bytes.</summary>
    public const int MostBytes = 192 << 10;

    /// <summary>All rules by id, the built-in ones that nobody has written anew among them; what breaks a rule is left out.</summary>
    /// <exception cref="NatsException">The server cannot be asked.</exception>
    public async Task<SortedDictionary<string, (RuleDefinition Rule, bool IsBuiltIn)>> ListAsync(CancellationToken cancellationToken)
    {
        var rules = new SortedDictionary<string, (RuleDefinition, bool)>(StringComparer.Ordinal);
        foreach (var (id, rule) in RuleDefinition.BuiltIn)
            rules[id] = (rule, true);
        foreach (var (id, json) in await settings.ListAsync(RuleDefinition.Setting, cancellationToken))
        {
            if (RuleDefinition.TryParse(json, out var rule, out _))
                rules[id] = (rule, false);
        }

        return rules;
    }

    /// <summary>One of them; null when it is not there.</summary>
    /// <exception cref="NatsException">The server cannot be asked.</exception>
    public async Task<(RuleDefinition Rule, bool IsBuiltIn)?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (await settings.FindAsync(KeyOf(id), cancellationToken) is { } json && RuleDefinition.TryParse(json, out var rule, out _))
            return (rule, false);
        return RuleDefinition.BuiltIn.TryGetValue(id, out var builtIn) ? (builtIn, true) : null;
    }

    /// <summary>Sets one.</summary>
    /// <returns>Why it is refused: there are too many already; null when it is set.</returns>
    /// <exception cref="NatsException">The server cannot be asked.</exception>
    public async Task<string?> TryPutAsync(string id, RuleDefinition rule, CancellationToken cancellationToken)
    {
        var json = rule.ToJson();
        var others = await settings.ListAsync(RuleDefinition.Setting, cancellationToken);
        others.Remove(id);
        if (others.Count >= MostRules)
            return $"there are {others.Count} rules already: the most is {MostRules}.";
        if (others.Sum(o => o.Value.Length) + json.Length > MostBytes)
        {
            return string.Create(
                CultureInfo.InvariantCulture, $"the rules would have {others.Sum(o => o.Value.Length) + json.Length} bytes together: the most is {MostBytes}.");
        }

        await settings.PutAsync(KeyOf(id), json, cancellationToken);
        return null;
    }

    /// <summary>Removes one; a built-in one is then as it was.</summary>
    /// <returns>False when there was none.</returns>
    /// <exception cref="NatsException">The server cannot be asked.</exception>
    public async Task<bool> RemoveAsync(string id, CancellationToken cancellationToken)
    {
        if (await settings.FindAsync(KeyOf(id), cancellationToken) is null)
            return false;
        await settings.RemoveAsync(KeyOf(id), cancellationToken);
        return true;
    }

    private static string KeyOf(string id) => $"{RuleDefinition.Setting}.{id}";
}
