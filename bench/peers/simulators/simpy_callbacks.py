"""M/M/c on SimPy's event list with callbacks: no generator a customer."""
import json, random, sys, time
from collections import deque
import simpy

customers, seed = int(sys.argv[1]), int(sys.argv[2])
LAMBDA, MU, AGENTS = 48.0, 1.0, 50
rng = random.Random(seed)
env = simpy.Environment()
waiting, free, arrived, waits = deque(), AGENTS, 0, 0.0

def serve(begin):
    global waits
    waits += env.now - begin
    env.timeout(rng.expovariate(MU)).callbacks.append(depart)

def depart(_event):
    global free
    if waiting:
        serve(waiting.popleft())
    else:
        free += 1

def arrive(_event):
    global free, arrived
    arrived += 1
    if arrived < customers:
        env.timeout(rng.expovariate(LAMBDA)).callbacks.append(arrive)
    if free > 0:
        free -= 1
        serve(env.now)
    else:
        waiting.append(env.now)

env.timeout(rng.expovariate(LAMBDA)).callbacks.append(arrive)
started = time.process_time()
env.run()
print(json.dumps({"customers": customers, "seconds": time.process_time() - started, "meanWait": waits / customers}))
