using System.Text;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace SignalStream.UnitTests.JetStream;

public sealed class JSJsonTests
{
    [Fact]
    public void Write_StreamConfig_IsInTheServersWords()
    {
        var config = new StreamConfig("WAVES", ["signal.wave.>"])
        {
            MaxAge = TimeSpan.FromMinutes(15),
            Retention = StreamConfigRetention.Workqueue,
            AllowMsgTTL = true,
        };

        Assert.Equal(
            """{"name":"WAVES","subjects":["signal.wave.\u003E"],"retention":"workqueue","max_age":900000000000,"storage":"file","discard":"old","allow_msg_ttl":true}""",
            Encoding.UTF8.GetString(JSJson.Write(config)));
    }

    [Fact]
    public void Write_ConsumerConfig_AlwaysHasItsPolicies()
    {
        var config = new ConsumerConfig("worker") { Backoff = [TimeSpan.FromSeconds(1)] };

        Assert.Equal(
            """{"stream_name":"S","config":{"deliver_policy":"all","durable_name":"worker","name":"worker","ack_policy":"explicit","replay_policy":"instant","backoff":[1000000000]}}""",
            Encoding.UTF8.GetString(JSJson.Write(new ConsumerCreateRequest("S", config, null))));
    }

    [Fact]
    public void Read_AnswerWithUnknownFieldsAndNanoseconds_TakesWhatItKnows()
    {
        var info = JSJson.Read<ConsumerInfo>(
            """
            {"type":"io.nats.jetstream.api.v1.consumer_create_response","stream_name":"S","name":"c","created":"2026-01-02T03:04:05.123456789Z",
             "config":{"deliver_policy":"by_start_time","opt_start_time":"2026-01-02T03:04:05+02:00","ack_policy":"none","ack_wait":30000000000,"new_thing":{"a":[1]}},
             "delivered":{"consumer_seq":1,"stream_seq":18446744073709551615},"num_pending":3,"paused":false}
            """u8);

        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(1_234_567), info.Created);
        Assert.Equal((ConsumerConfigDeliverPolicy.ByStartTime, ConsumerConfigAckPolicy.None, TimeSpan.FromSeconds(30)), (info.Config.DeliverPolicy, info.Config.AckPolicy, info.Config.AckWait));
        Assert.Equal((ulong.MaxValue, 3UL), (info.Delivered.StreamSeq, info.NumPending));
    }

    [Fact]
    public void Read_ErrorAnswer_ThrowsItWithBothCodes()
    {
        var error = Assert.Throws<NatsJSApiException>(() => JSJson.Read<StreamInfo>(
            """{"type":"x","error":{"code":404,"err_code":10059,"description":"stream not found"}}"""u8));

        Assert.Equal((404, 10059, "stream not found"), (error.Error.Code, error.Error.ErrCode, error.Error.Description));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("{\"config\":")]
    [InlineData("{\"config\":7}")]
    public void Read_NoSuchAnswer_ThrowsAndSaysWhatWasExpected(string json)
    {
        var error = Assert.Throws<NatsJSException>(() => JSJson.Read<StreamInfo>(Encoding.UTF8.GetBytes(json)));
        Assert.Contains(nameof(StreamInfo), error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"stream":"S","seq":7}""", "S", 7, false, 0)]
    [InlineData("""{"stream":"S", "domain":"hub", "seq":7,"duplicate": true,"later":{"a":[1]}}""", "S", 7, true, 0)]
    [InlineData("""{"error":{"code":400,"err_code":10071,"description":"wrong last sequence: 3"},"stream":"S","seq":0}""", "S", 0, false, 10071)]
    [InlineData("""{"error":{"code":503,"err_code":10077}}""", null, 0, false, 10077)]
    public void PubAckReader_Acknowledgement_IsRead(string json, string? stream, int seq, bool duplicate, int error)
    {
        var ack = PubAckReader.Read(Encoding.UTF8.GetBytes(json));

        Assert.NotNull(ack);
        Assert.Equal((stream, (ulong)seq, duplicate, error), (ack.Stream, ack.Seq, ack.Duplicate, ack.Error?.ErrCode ?? 0));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("{}")]
    [InlineData("{\"seq\":7}")]
    [InlineData("{\"stream\":\"S\",\"seq\":-7}")]
    [InlineData("{\"stream\":\"S\",\"seq\":\"7\"}")]
    [InlineData("{\"stream\":\"S\",\"seq\"")]
    public void PubAckReader_SomethingElse_IsNull(string json) =>
        Assert.Null(PubAckReader.Read(Encoding.UTF8.GetBytes(json)));
}
