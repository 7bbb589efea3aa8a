namespace SignalStream.UnitTests.Signal;

/// <summary>Beats compared one to one, as ANSI/AAMI EC57 has it: of two candidates the nearer wins.</summary>
internal static class Ec57
{
    /// <summary>Pairs of (reference, detection) indices that lie within the tolerance of each other.</summary>
    public static List<(int Reference, int Detection)> Match(IReadOnlyList<long> references, IReadOnlyList<long> detections, double tolerance)
    {
        var pairs = new List<(int, int)>();
        for (var (i, j) = (0, 0); i < references.Count && j < detections.Count;)
        {
            var distance = Math.Abs(detections[j] - references[i]);
            var detectionFirst = detections[j] < references[i];
            var nearer = detectionFirst
                ? j + 1 < detections.Count && Math.Abs(detections[j + 1] - references[i]) < distance
                : i + 1 < references.Count && Math.Abs(references[i + 1] - detections[j]) < distance;
            if (distance <= tolerance && !nearer)
                pairs.Add((i++, j++));
            else if (detectionFirst)
                j++;
            else
                i++;
        }

        return pairs;
    }
}
