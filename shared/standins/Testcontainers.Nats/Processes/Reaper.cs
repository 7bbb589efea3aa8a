using System.Diagnostics;
using System.Globalization;

namespace SignalStream.Processes;

/// <summary>Ends the children and removes the folders of this process, even when it is killed itself.</summary>
/// <remarks>
/// A small shell waits for the end of a pipe that only this process holds. Children are listed by a file each, so
/// that one which has ended, and whose id may belong to somebody else by now, is left alone. Windows has no such shell:
/// there only an orderly end cleans up.
/// </remarks>
internal static class Reaper
{
    public const string Script = """
        trap '' INT TERM HUP
        exec >/dev/null 2>&1
        while read -r _; do :; done
        for child in "$1"/children/*; do kill -9 "${child##*/}"; done
        rm -rf "$1"
        """;

    private static readonly Lazy<string> Root = new(CreateRoot);

    // Held, or the collector would close the pipe, which is the sign to clean up.
    private static Process? _shell;

    /// <summary>A new, empty folder that disappears with this process.</summary>
    public static string NewFolder(string name)
    {
        var folder = Path.Combine(Root.Value, string.Create(CultureInfo.InvariantCulture, $"{name}-{Guid.NewGuid():N}"));
        return Directory.CreateDirectory(folder).FullName;
    }

    public static void Watch(int child) => File.WriteAllText(ChildFile(child), string.Empty);

    public static void Forget(int child) => File.Delete(ChildFile(child));

    private static string ChildFile(int child) =>
        Path.Combine(Root.Value, "children", child.ToString(CultureInfo.InvariantCulture));

    private static string CreateRoot()
    {
        var root = Directory.CreateTempSubdirectory("signalstream-tests-").FullName;
        Directory.CreateDirectory(Path.Combine(root, "children"));
        if (OperatingSystem.IsWindows())
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(root, recursive: true);
        else
            _shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script, "reaper", root]) { RedirectStandardInput = true });
        return root;
    }
}
