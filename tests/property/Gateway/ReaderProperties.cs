using System.Text;
using System.Text.Unicode;
using FsCheck;
using FsCheck.Fluent;
using SignalStream.Gateway.WebSockets;
using SignalStream.UnitTests.Gateway;

namespace SignalStream.PropertyTests.Gateway;

public sealed class ReaderProperties
{
    /// <summary>Bytes of which sequences are made: leads, continuations, the edges of what is allowed.</summary>
    private static readonly byte[] Telling =
        [0x41, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xE2, 0xED, 0xEF, 0xF0, 0xF3, 0xF4, 0xF5, 0xFF];

    private static readonly byte[][] Continuations =
        [[], [0x80], [0x90], [0xA0], [0x80, 0x80], [0x90, 0x80], [0xA0, 0x80], [0x80, 0x80, 0x80], [0x90, 0x80, 0x80], [0xA0, 0x80, 0x80]];

    [Fact]
    public void Utf8Check_AnyBytesCutAnywhere_FailsWithTheFirstThatNothingCanFollow() =>
        Prop.ForAll(Gen.Elements(Telling).ListOf(8).ToArbitrary(), bytes =>
        {
            byte[] text = [.. bytes];
            var seen = 0;
            for (var end = 1; end <= text.Length; end++)
            {
                var isOpen = Continuations.Any(c => Utf8.IsValid((byte[])[.. text[..end], .. c]));
                Assert.Equal(isOpen, Utf8Check.TryTake(text.AsSpan(seen, end - seen), out var whole));
                if (!isOpen)
                    return;
                seen += whole;
                Assert.Equal(Utf8.IsValid(text.AsSpan(0, end)), seen == end);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void Read_AnyBytesCutAnywhere_GivesTheSame() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var bytes = AnyFrames(random);
            var whole = ReaderKit.ReadAll(new MessageReader(200, true), [.. bytes], bytes.Length);
            var pieces = ReaderKit.ReadAll(new MessageReader(200, true), [.. bytes], random.Next(1, 9));
            Assert.Equal(ReaderKit.Shown(whole), ReaderKit.Shown(pieces));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    /// <summary>Frames that mostly follow the rules, with payloads that are sometimes text, deflate or neither.</summary>
    private static byte[] AnyFrames(Random random)
    {
        byte[] firsts = [0x81, 0x81, 0x01, 0x00, 0x80, 0xC1, 0x41, 0x89, 0x8A, 0x82, 0xC2, 0x88, (byte)random.Next(256)];
        var all = new List<byte>();
        for (var frames = random.Next(1, 8); frames > 0; frames--)
        {
            var payload = Encoding.UTF8.GetBytes("κόσμε "[random.Next(6)..] + new string('*', random.Next(120)));
            if (random.Next(3) == 0)
                payload = TestKit.MessageDeflate.Deflate(payload);
            all.AddRange(ReaderKit.Frame(firsts[random.Next(firsts.Length)], payload));
        }

        return [.. all];
    }
}
