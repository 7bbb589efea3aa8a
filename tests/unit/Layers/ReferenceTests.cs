using System.Xml.Linq;
using SignalStream.TestKit;

namespace SignalStream.UnitTests.Layers;

/// <summary>References point one way: services, hosting, messaging, then contracts, signal, formats and stand-ins.</summary>
public sealed class ReferenceTests
{
    private static readonly string Root = Repository.Root;
    private static readonly string[] Tops = ["shared", "services", "tests"];

    [Fact]
    public void ProjectReferences_OfEveryProject_PointDownwards()
    {
        var wrong = from project in Projects()
                    from reference in ReferencesOf(project)
                    where !MayReference(Area(project), Area(reference))
                    select $"{Relative(project)} references {Relative(reference)}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void Upstreams_OfEveryProject_AreWhereTheyBelong()
    {
        var allowed = new Dictionary<string, string[]>
        {
            ["NATS.Net"] = ["shared/messaging", "tests"],
            ["prometheus-net.AspNetCore"] = ["shared/hosting"],
            ["Testcontainers.Nats"] = ["tests"],
        };
        var wrong = from project in Projects()
                    from upstream in XDocument.Load(project).Descendants("Upstream")
                    let id = (string)upstream.Attribute("Include")!
                    where !allowed[id].Any(a => Relative(project).StartsWith(a, StringComparison.Ordinal))
                    select $"{Relative(project)} takes {id}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void Subjects_InTheSources_StandInOneFileAlone()
    {
        var stray = from file in Directory.EnumerateFiles(Path.Combine(Root, "shared"), "*.cs", SearchOption.AllDirectories)
                        .Concat(Directory.EnumerateFiles(Path.Combine(Root, "services"), "*.cs", SearchOption.AllDirectories))
                    where !IsBuilt(file) && Path.GetFileName(file) != "Subjects.cs"
                    from line in File.ReadLines(file)
                    where line.Contains("\"signal.", StringComparison.Ordinal) || line.Contains("$\"signal.", StringComparison.Ordinal)
                    select $"{Relative(file)}: {line.Trim()}";
        Assert.Empty(stray);
    }

    [Fact]
    public void Solution_HoldsEveryProject()
    {
        var solution = File.ReadAllText(Path.Combine(Root, "SignalStream.sln")).Replace('\\', '/');
        Assert.All(Projects().Select(Relative), project => Assert.Contains(project, solution, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Projects() =>
        Tops.SelectMany(top => Directory.EnumerateFiles(Path.Combine(Root, top), "*.csproj", SearchOption.AllDirectories))
            .Where(file => !IsBuilt(file));

    private static bool IsBuilt(string file) =>
        Relative(file).Split('/').Any(part => part is "obj" or "bin" or "node_modules");

    private static IEnumerable<string> ReferencesOf(string project) =>
        from reference in XDocument.Load(project).Descendants("ProjectReference")
        let path = ((string)reference.Attribute("Include")!).Replace('\\', '/')
        where !path.Contains("$(", StringComparison.Ordinal)
        select Path.GetFullPath(Path.Combine(Path.GetDirectoryName(project)!, path));

    private static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static string Area(string project) =>
        Relative(project).Split('/') is ["shared", var area, ..] ? area : Relative(project).Split('/')[0];

    private static bool MayReference(string from, string to) => from switch
    {
        "tests" => true,
        "services" => to is "hosting" or "signal" or "formats" or "standins",
        "hosting" => to is "messaging" or "standins",
        "messaging" => to is "contracts" or "standins",
        _ => false,
    };
}
