"""M/M/c as SimPy's documentation has it: a process a customer, a Resource for the agents."""
import json, random, sys, time
import simpy

customers, seed = int(sys.argv[1]), int(sys.argv[2])
LAMBDA, MU, AGENTS = 48.0, 1.0, 50
rng = random.Random(seed)
waits = 0.0

def customer(env, agents):
    global waits
    begin = env.now
    with agents.request() as request:
        yield request
        waits += env.now - begin
        yield env.timeout(rng.expovariate(MU))

def source(env, agents):
    for _ in range(customers):
        yield env.timeout(rng.expovariate(LAMBDA))
        env.process(customer(env, agents))

env = simpy.Environment()
env.process(source(env, simpy.Resource(env, AGENTS)))
started = time.process_time()
env.run()
print(json.dumps({"customers": customers, "seconds": time.process_time() - started, "meanWait": waits / customers}))
