using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace SignalStream.Gateway.Recorder;

/// <summary>Whether and where every reading is kept in files. Section <c>Recorder</c>.</summary>
internal sealed class RecorderOptions
{
    /// <summary>Folder of the daily files; empty: nothing is recorded.</summary>
    public string Directory { get; set; } = "";

    /// <summary>Days that are kept, today included.</summary>
    [Range(1, 3650)] public int Days { get; set; } = 7;

    /// <summary>All files together, MB; the oldest go first. A reading takes some 150 bytes: ten targets at two a second are 260 MB a day.</summary>
    [Range(1, 1 << 24)] public int Megabytes { get; set; } = 2048;

    public long Bytes => (long)Megabytes << 20;
}

[OptionsValidator]
internal sealed partial class RecorderOptionsValidator : IValidateOptions<RecorderOptions>;
