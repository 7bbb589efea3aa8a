using NATS.Client.Core;
using SignalStream.TestKit;

namespace SignalStream.UnitTests.Nats;

/// <summary>The stand-in offers nothing that the package lacks, so that whoever compiles against it can switch.</summary>
public sealed class SignatureTests
{
    [Fact]
    public void PublicSurface_ComparedWithThePackage_HasNothingThatItLacks()
    {
        var package = ReadPackage();
        var printer = new SignaturePrinter();
        var extra = typeof(NatsConnection).Assembly.GetExportedTypes().SelectMany(t => Extra(t, printer, package)).ToList();
        Assert.True(extra.Count == 0, "The package lacks:\n" + string.Join('\n', extra));
    }

    [Theory]
    [InlineData(typeof(INatsConnection))]
    [InlineData(typeof(NatsOpts))]
    [InlineData(typeof(NatsMsg<>))]
    public void Members_OfATypeThatIsUsedEverywhere_ArePrintedAndFound(Type type)
    {
        var lines = new SignaturePrinter().Members(type).ToList();
        Assert.True(lines.Count >= 10, $"{type} has only {lines.Count} members.");
        Assert.All(lines, line => Assert.Contains(line, ReadPackage()[SignaturePrinter.Head(type)].Members));
    }

    private static IEnumerable<string> Extra(Type type, SignaturePrinter printer, Dictionary<string, PackageType> package)
    {
        var head = SignaturePrinter.IsDelegate(type) ? printer.DelegateLine(type) : SignaturePrinter.Head(type);
        if (!package.TryGetValue(head, out var known))
            return [$"{type.Namespace}: {head}", .. printer.Members(type)];
        return SignaturePrinter.Bases(type).Where(b => !known.Bases.Contains(b)).Select(b => $"{head} : {b}")
            .Concat(printer.Members(type).Where(m => !known.Members.Contains(m)).Select(m => $"{head} {{ {m} }}"));
    }

    private static Dictionary<string, PackageType> ReadPackage()
    {
        var types = new Dictionary<string, PackageType>();
        PackageType? current = null;
        foreach (var line in File.ReadLines(Repository.Path("tests/data/nats-signatures.txt")))
        {
            if (line.Length == 0 || line[0] is '#' or '/' or '{' or '}')
                continue;
            if (line[0] == ' ')
                current!.Members.Add(line.Trim());
            else
                current = AddType(types, line);
        }

        return types;
    }

    private static PackageType AddType(Dictionary<string, PackageType> types, string line)
    {
        if (line.StartsWith("enum ", StringComparison.Ordinal) || line.StartsWith("delegate ", StringComparison.Ordinal))
            return types[line] = new([], []);
        var text = line.Split(" /*")[0].Replace("[Obsolete] ", "", StringComparison.Ordinal);
        var colon = text.IndexOf(" : ", StringComparison.Ordinal);
        var head = colon < 0 ? text : text[..colon];
        return types[head] = new(colon < 0 ? [] : SplitTypes(text[(colon + 3)..]), []);
    }

    private static HashSet<string> SplitTypes(string list)
    {
        var types = new HashSet<string>();
        var (depth, start) = (0, 0);
        for (var i = 0; i <= list.Length; i++)
        {
            if (i < list.Length && list[i] == '<')
                depth++;
            else if (i < list.Length && list[i] == '>')
                depth--;
            else if (i == list.Length || (list[i] == ',' && depth == 0))
            {
                types.Add(list[start..i].Trim());
                start = i + 1;
            }
        }

        return types;
    }

    private sealed record PackageType(HashSet<string> Bases, HashSet<string> Members);
}
