# The only commands. Each target says in its line what it does; `make` alone lists them.

CONFIGURATION := Release
DOTNET_QUIET := --nologo --verbosity minimal

# Where make was called, which `make -C` leaves in PWD: paths given to a target are meant from there.
export CALLER := $(if $(PWD),$(PWD),$(CURDIR))

.DEFAULT_GOAL := help
.PHONY: help run test build check clean up down bench-latency bench-market bench-nats bench-processor bench-plain bench-relay load load-part chaos-nats chaos-resume chaos-processor fuzz eval-ecg eval-monitor eval-nab eval-latency eval-probes eval-forecast backtest bench-ecg

help: ## lists the targets
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## starts nats-server and the services until Ctrl-C (PORT=9000, ECG=path/to/record, NATS_URL=…)
	@deploy/run

test: ## gets what the tests need, builds, and runs every test
	@deploy/test

build: ## builds everything
	dotnet build SignalStream.sln --configuration $(CONFIGURATION) $(DOTNET_QUIET)

check: ## the analyzers, the formatting, the viewer's types, the alert rules
	dotnet build SignalStream.sln --configuration $(CONFIGURATION) $(DOTNET_QUIET)
	dotnet format whitespace SignalStream.sln --no-restore --verify-no-changes
	npm --prefix services/gateway/viewer run check
	promtool check config deploy/prometheus/prometheus.yml
	promtool test rules deploy/prometheus/rules.test.yml

clean: ## removes what builds and runs leave behind
	find services shared tests -type d \( -name bin -o -name obj -o -name node_modules -o -name wwwroot \) -prune -exec rm -rf {} +
	rm -rf .run TestResults

up: ## everything in containers, three processors, until Ctrl-C
	docker compose up --build --scale processor=3

down: ## removes the containers and their data
	docker compose down --volumes

# ---- longer than `make test` waits for: benchmarks (bench-), faults (chaos-), scores on data (eval-), fuzzing

BENCH_STREAMS = 500,1000,1500,2000
PLAIN_STREAMS = 500,2000
BENCHMARKS = dotnet run --project tests/benchmarks --configuration Release --

bench-latency: ## sample to frame at a viewer, and each service's share of a core (SECONDS=60 STREAMS=2)
	$(BENCHMARKS) latency $(or $(SECONDS),60) $(or $(STREAMS),2)

bench-market: ## five simulated symbols: what the producer and the predictor use (SECONDS=60)
	$(BENCHMARKS) market $(or $(SECONDS),60)

bench-nats: ## the NATS client beside a bare socket loop, messages a CPU-second (ROUNDS=5)
	$(BENCHMARKS) nats $(or $(ROUNDS),5)

bench-ecg: ## the R-peak detector and what goes with it, ns a sample of one lead (PASSES=15)
	$(BENCHMARKS) ecg $(or $(PASSES),15)

bench-processor: ## ECG streams that one processor keeps up with on one core, and the latency it adds (SECONDS=15 STREAMS=500,1000,1500,2000 REPLICAS=1,2,3)
	$(BENCHMARKS) processor $(or $(SECONDS),15) $(or $(STREAMS),$(BENCH_STREAMS)) $(REPLICAS)

bench-plain: ## the processor's log beside plain subscribe-and-publish, processor time of all processes (SECONDS=15 STREAMS=500,2000)
	$(BENCHMARKS) processor-plain $(or $(SECONDS),15) $(or $(STREAMS),$(PLAIN_STREAMS))

bench-relay: ## the gateway beside other WebSocket servers, deliveries a CPU-second (ROUNDS=3 SECONDS=6 SERVERS=signalstream,nats-server CASES=ABCDE)
	$(BENCHMARKS) relay $(or $(ROUNDS),3) $(or $(SECONDS),6) $(or $(SERVERS),all) $(CASES)

load: ## viewers at a gateway, counted and timed (STREAMS=100 VIEWERS=1000 SECONDS=30; EACH SLOW FROZEN FRAME RECORD BURST HOLD COMPRESS PROCESSES GATEWAY NATS_URL)
	$(BENCHMARKS) load streams=$(STREAMS) viewers=$(VIEWERS) seconds=$(SECONDS) each=$(EACH) slow=$(SLOW) frozen=$(FROZEN) \
		frame=$(FRAME) record=$(RECORD) burst=$(BURST) hold=$(HOLD) compress=$(COMPRESS) processes=$(PROCESSES) run=$(RUN) \
		gateway=$(GATEWAY) nats=$(NATS_URL)

load-part: ## more viewers for a load that runs elsewhere with the same RUN (GATEWAY=http://… NATS_URL=… VIEWERS=1000 STREAMS=100 SECONDS=30)
	$(BENCHMARKS) load-part streams=$(STREAMS) viewers=$(VIEWERS) seconds=$(SECONDS) each=$(EACH) slow=$(SLOW) frozen=$(FROZEN) \
		hold=$(HOLD) compress=$(COMPRESS) run=$(RUN) gateway=$(GATEWAY) nats=$(NATS_URL)

eval-ecg: ## R-peaks of every WFDB record in DATA, a file each in OUT (DATA=../shared/data/ecg/mitdb OUT=/tmp/peaks)
	dotnet run --project tests/eval --configuration Release -- ecg $(abspath $(DATA)) $(abspath $(OUT))

eval-probes: ## what each network probe says against a line of known delay, as root, alone on the machine (COUNT=200)
	dotnet run --project tests/eval --configuration Release -- probes $(or $(COUNT),200)

eval-forecast: ## forecasts of every CSV series in DATA, a file each in OUT (DATA=../shared/data/nab OUT=/tmp/forecasts COLUMN=value)
	dotnet run --project tests/eval --configuration Release -- forecast $(abspath $(DATA)) $(abspath $(OUT)) $(or $(COLUMN),value)

backtest: ## a price model over a file of bars, by the code that runs live (DATA=../shared/data/market/daily/AAPL.csv MODEL=price-2)
	@dotnet run --project services/predictor --configuration Release -- backtest $(abspath $(DATA)) $(MODEL)

eval-monitor: ## what a monitor's heart rate meter must do, measured; writes the table in docs/ALGORITHMS.md
	dotnet run --project tests/eval --configuration Release -- monitor $(CURDIR)/docs/ALGORITHMS.md

eval-nab: ## anomaly scores of every CSV in DATA, a file each in OUT (DATA=../shared/data/nab/data OUT=/tmp/nab)
	dotnet run --project tests/eval --configuration Release -- nab $(abspath $(DATA)) $(abspath $(OUT))

eval-latency: ## known anomalies in simulated and real round trips: how many are found, how soon, how many are none (SEED=1)
	dotnet run --project tests/eval --configuration Release -- latency $(or $(SEED),1)

CHAOS = dotnet test tests/chaos --configuration Release $(DOTNET_QUIET) --logger "console;verbosity=detailed"

chaos-nats: ## the NATS client while nats-server is killed under load and its line fails (KILLS=20 CHAOS_SEED=…)
	CHAOS_KILLS=$(or $(KILLS),20) $(CHAOS) --filter FullyQualifiedName~ChaosTests.Nats

chaos-resume: ## viewers, gateways and nats-server interrupted, what each viewer got against what was made (COUNT=2000 LONGEST=60 VIEWERS=24 SEED=…)
	CHAOS_COUNT=$(or $(COUNT),2000) CHAOS_LONGEST=$(or $(LONGEST),60) CHAOS_VIEWERS=$(or $(VIEWERS),24) CHAOS_SEED=$(SEED) \
	$(CHAOS) --filter FullyQualifiedName~ChaosTests.Relay.Resume

chaos-processor: ## processors under faults for SECONDS (600 at most): every finding once (REPLICAS=3 STREAMS=32 SEED=… FAULTS=Kill,Cut,…)
	CHAOS_SECONDS=$(or $(SECONDS),600) CHAOS_REPLICAS=$(REPLICAS) CHAOS_STREAMS=$(STREAMS) CHAOS_SEED=$(SEED) CHAOS_FAULTS=$(FAULTS) \
	$(CHAOS) --filter FullyQualifiedName~ExactlyOnce

fuzz: ## ten million random and mutated inputs into the parsers of the NATS protocol and of frames (INPUTS=10000000)
	FUZZ_INPUTS=$(or $(INPUTS),10000000) dotnet test tests/property --configuration Release $(DOTNET_QUIET) --filter "FullyQualifiedName~Fuzz|FullyQualifiedName~TryRead_AnyBytes"
