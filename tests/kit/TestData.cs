using Xunit;

namespace SignalStream.TestKit;

/// <summary>Public recordings, kept outside of the repository because of their size.</summary>
/// <remarks>The folder is SIGNALSTREAM_DATA, by default <c>../shared/data</c> beside the repository's root.</remarks>
public static class TestData
{
    public static string Folder =>
        Environment.GetEnvironmentVariable("SIGNALSTREAM_DATA") is { Length: > 0 } folder
            ? System.IO.Path.GetFullPath(folder)
            : Repository.Path("../shared/data");

    public static bool Exists(string relative) => System.IO.Path.Exists(System.IO.Path.Combine(Folder, relative));

    /// <summary>A file or folder of the data, or the test is skipped by name.</summary>
    public static string Path(string relative)
    {
        Skip.IfNot(Exists(relative), $"{relative} is not in {Folder} (set SIGNALSTREAM_DATA).");
        return System.IO.Path.Combine(Folder, relative);
    }
}
