namespace SignalStream.TestKit;

/// <summary>Where the sources are, found upwards from the test's own assembly or from the current folder.</summary>
public static class Repository
{
    private static readonly Lazy<string> Found = new(() =>
        Upwards(AppContext.BaseDirectory) ?? Upwards(SourceFolder()) ?? Upwards(Environment.CurrentDirectory)
        ?? throw new InvalidOperationException($"No SignalStream.sln above {AppContext.BaseDirectory} or {Environment.CurrentDirectory}."));

    public static string Root => Found.Value;

    /// <summary>A path below the root, given with forward slashes.</summary>
    public static string Path(string relative) => System.IO.Path.GetFullPath(relative, Root);

    // An artifacts folder may lie outside of the repository; the sources' place is then the only trace.
    private static string SourceFolder([System.Runtime.CompilerServices.CallerFilePath] string path = "") =>
        System.IO.Path.GetDirectoryName(path) ?? string.Empty;

    private static string? Upwards(string folder)
    {
        for (var at = folder.Length == 0 ? null : new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(at.FullName, "SignalStream.sln")))
                return at.FullName;
        }

        return null;
    }
}
