using SignalStream.Benchmarks.Ecg;
using SignalStream.Benchmarks.Nats;
using SignalStream.Benchmarks.Processor;
using SignalStream.Benchmarks.Relay;
using SignalStream.Benchmarks.WholeWay;

// Each is a `make bench-…` target; what was measured stands in RESULTS.md beside this file.
return args switch
{
    ["nats", .. var rest] => await NatsBenchmark.RunAsync(rest),
    ["nats-role", .. var rest] => await NatsRoles.RunAsync(rest),
    ["ecg", .. var rest] => EcgBenchmark.Run(rest),
    ["latency", .. var rest] => await LatencyBenchmark.RunAsync(rest),
    ["market", .. var rest] => await MarketBenchmark.RunAsync(rest),
    ["processor", .. var rest] => await ProcessorBenchmark.RunAsync(rest),
    ["processor-plain", .. var rest] => await PlainBenchmark.RunAsync(rest),
    ["processor-readers", .. var rest] => await ReadersBenchmark.RunAsync(rest),
    ["processor-role", .. var rest] => await PlainRoles.RunAsync(rest),
    ["relay", .. var rest] => await RelayBenchmark.RunAsync(rest),
    ["relay-peer", .. var rest] => await PeerServers.RunAsync(rest),
    ["load", .. var rest] => await Load.RunAsync(rest),
    ["load-part", .. var rest] => await LoadPart.RunAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        usage: benchmarks NAME [OPTION…]

          latency [SECONDS] [STREAMS]   sample to frame at a viewer, and each service's share of a core
                                        (default: 60 s of two streams)
          market [SECONDS]              five simulated symbols: the producer's and the predictor's share of a core, and memory
          ecg [PASSES]                  the R-peak detector, ns a sample of one lead (default: 15 passes)
          nats [ROUNDS]                 the NATS client against a bare socket loop (default: 5 rounds)
          processor [SECONDS] [STREAMS,…] [REPLICAS,…]
                                        streams that one processor keeps up with on one core (default: 15 s of
                                        500,1000,1500,2000); with REPLICAS so many, wherever the system puts them
          processor-plain [SECONDS] [STREAMS,…]
                                        the log beside plain subscribe-and-publish, the same detector (default: 15 s of 500,2000)
          processor-readers [SECONDS] [STREAMS]
                                        three readers of the log, with filters and without (default: 15 s of 2000)
          relay [ROUNDS] [SECONDS] [SERVERS] [CASES]
                                        the gateway beside other servers (default: 3 rounds of 6 s, all, ABCDE)
                                        a server with a slash in its name is a program: it gets the NATS URL, prints
                                        its address, and sends frames of /?streams=SUBJECT,… as they are
          load [streams=…] [viewers=…] [each=…] [seconds=…] [slow=…] [frozen=…] [frame=…] [record=…] [burst=…] [hold=…] [compress=1] [processes=…] [run=…] [gateway=URL nats=URL]
                                        viewers at a gateway: deliveries, gaps, latency
          load-part gateway=URL nats=URL [run=…] [viewers=…] [seconds=…] …
                                        more viewers, here or on another machine, for a load of the same run
        """);
    return 2;
}
