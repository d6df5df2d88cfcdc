"""M/M/c as a Ciw network of one node."""
import json, sys, time
import ciw

customers, seed = int(sys.argv[1]), int(sys.argv[2])
network = ciw.create_network(
    arrival_distributions=[ciw.dists.Exponential(48.0)],
    service_distributions=[ciw.dists.Exponential(1.0)],
    number_of_servers=[50],
)
ciw.seed(seed)
simulation = ciw.Simulation(network)
started = time.process_time()
simulation.simulate_until_max_customers(customers, method="Finish")
seconds = time.process_time() - started
records = simulation.get_all_records()
waits = [record.waiting_time for record in records]
print(json.dumps({"customers": len(records), "seconds": seconds, "meanWait": sum(waits) / len(waits)}))
