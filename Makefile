# make demo     everything from a bare machine to the report of the ENSO example
# make test     the whole test suite; continuous integration runs exactly this
.PHONY: long quick demo tour test build setup bench format lint check sanitize random fuzz absurd kill docs readme clean

SWIFT_TEST = swift test -c release -Xswiftc -enable-testing

build: setup
	swift build -c release

setup:
	@Scripts/setup

demo: build
	.build/release/apus run Examples/enso.yaml --force

# One build serves the tests and the tool that the checks in Python run.
test:
	@Scripts/setup --test
	swift build -c release -Xswiftc -enable-testing --build-tests
	.build/release/apus run Examples/enso.yaml --output .build/check/enso --force --quiet
	.build/release/apus run Examples/co2.yaml --output .build/check/co2 --force --quiet
	.build/release/Twin
	.venv-test/bin/python Scripts/check-results .build/check/enso .build/check/co2
	python3 Scripts/check-targets .build/check/enso .build/check/co2
	.build/release/apus reproduce learning --quick --rows 1 2 3 4 5 6 7 --output .build/check/learning --force --quiet \
		--json .build/check/learning.json
	python3 Scripts/check-agreement .build/check/learning.json
	swift run -c release --package-path Examples/OwnModel --scratch-path .build/own-model > .build/check/own-model.txt
	python3 Scripts/check-own-model .build/check/own-model.txt
	.build/release/Fuzz inputs --inputs 3000 --seconds 40
	.build/release/Fuzz settings --count 12
	.build/release/Fuzz kills --count 8
	$(SWIFT_TEST) --skip-build

# Some seconds, before a commit: laws of the engine and of analyses, and readers of files.
quick:
	swift build -c release -Xswiftc -enable-testing --build-tests
	$(SWIFT_TEST) --skip-build --filter \
		'(ChainRule|Trap|Transform|AnalysisLaw|EnsembleFilter|Compile|FusedNests|KeyTable|FilesCSV|FilesTime|Configuration)Tests'

# Against JAX, PyTorch and NumPy in one run; see Benchmarks/README.md.
bench: setup
	@Benchmarks/run
	@Benchmarks/table

format:
	swift format -i -r Package.swift Sources Tests Examples Benchmarks/Apus
lint:
	swift format lint --strict -r Package.swift Sources Tests Examples Benchmarks/Apus

check: lint sanitize random long

# That campaigns find faults which are put into the program: some minutes.
long:
	APUS_LONG_CHECKS=1 $(SWIFT_TEST) --filter CampaignTests

# Machine code against the interpreter on thousands of functions that nobody thought of.
random:
	APUS_GROUPS=0-50 $(SWIFT_TEST) --filter NativeRandomProgramTests

# The engine, and the machine code that it makes, under the sanitizers of addresses and of threads. Swift has none of
# undefined behaviour on Linux; the one for C comes with both, and the machine code is made for it too. Memory that is
# measured is not what it would be, and programs that exit take their memory with them: no leaks are looked for. Each
# target is a process of its own: a thousand libraries of machine code are the most that the sanitizer of threads can
# follow.
SANITIZED = TensorsTests KernelsTests NetworksTests DynamicsTests AssimilationTests
# What reads files of others, under that of addresses.
READERS = VerificationTests ExperimentsTests
# A process of the NetCDF reader under a limit of addresses has no place for the sanitizer's shadow memory.
UNSANITIZED = MemoryTests|timeIsLinear|NistTests|aVariableBeyondTheLimitOfMemory

sanitize:
	for sanitizer in address thread; do \
	for tests in $(SANITIZED) $$([ $$sanitizer = thread ] || echo $(READERS)); do \
		ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS="halt_on_error=1 suppressions=$(CURDIR)/Scripts/thread-sanitizer-suppressions" \
		swift test -c release -Xswiftc -enable-testing --sanitize=$$sanitizer --scratch-path .build-$$sanitizer \
			--filter $$tests --skip '$(UNSANITIZED)' || exit 1; \
	done; done

# Campaigns against the program: inputs that are almost right, settings that are absurd, runs that are killed. Each
# counts, fails at the first fault of the program, and tells its seed; 'Fuzz replay SEED' reads an input again. Of what
# harms other libraries only the number is told.
fuzz: campaigns
	.build/release/Fuzz inputs --inputs 100000 --seconds 1800

absurd: campaigns
	.build/release/Fuzz settings --count 300

kill: campaigns
	.build/release/Fuzz kills --count 100

.PHONY: long campaigns
campaigns: setup
	swift build -c release -Xswiftc -enable-testing --build-tests

DOCUMENTED = Tensors Kernels Formulas Networks Dynamics Assimilation Verification Learning Studies Supervised Experiments Checks

# One catalogue of all public targets.
docs: setup
	swift package --scratch-path .build/docs --allow-writing-to-directory .build/docs/site generate-documentation \
		$(foreach target,$(DOCUMENTED),--target $(target)) --enable-experimental-combined-documentation \
		--output-path .build/docs/site

# Programs, outputs and pictures of docs/tour.
tour: build
	Scripts/tour

# The numbers and the picture of the README, from a fresh run.
readme: demo
	.build/release/apus run Examples/co2.yaml --force
	.build/release/Twin > Examples/Library/output.txt
	python3 Scripts/readme runs/enso/results.json README.md --co2 runs/co2/results.json

clean:
	rm -rf .build .venv-test .venv-bench runs
