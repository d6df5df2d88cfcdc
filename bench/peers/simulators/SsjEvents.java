import java.util.ArrayDeque;
import umontreal.ssj.randvar.ExponentialGen;
import umontreal.ssj.rng.MRG32k3a;
import umontreal.ssj.simevents.Event;
import umontreal.ssj.simevents.Sim;

/** M/M/c with SSJ's event classes, on its default event list; no router in it. */
public final class SsjEvents {
  static final int AGENTS = 50;
  static int customers, arrived, free = AGENTS;
  static double waits;
  static final ArrayDeque<Double> waiting = new ArrayDeque<>();
  static ExponentialGen gaps, services;

  static final class Arrival extends Event {
    @Override public void actions() {
      arrived++;
      if (arrived < customers) new Arrival().schedule(gaps.nextDouble());
      if (free > 0) {
        free--;
        new Departure().schedule(services.nextDouble());
      } else waiting.addLast(Sim.time());
    }
  }

  static final class Departure extends Event {
    @Override public void actions() {
      if (waiting.isEmpty()) free++;
      else {
        waits += Sim.time() - waiting.removeFirst();
        new Departure().schedule(services.nextDouble());
      }
    }
  }

  static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean)
        java.lang.management.ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
  }

  public static void main(String[] given) {
    customers = Integer.parseInt(given[0]);
    long seed = Long.parseLong(given[1]);
    MRG32k3a.setPackageSeed(new long[] {seed, seed, seed, seed, seed, seed});
    gaps = new ExponentialGen(new MRG32k3a(), 48.0);
    services = new ExponentialGen(new MRG32k3a(), 1.0);
    Sim.init();
    new Arrival().schedule(gaps.nextDouble());
    long begin = cpuNanos();
    Sim.start();
    double seconds = (cpuNanos() - begin) / 1e9;
    System.out.println("{\"customers\":" + arrived + ",\"seconds\":" + seconds + ",\"meanWait\":" + waits / arrived + "}");
  }
}
