import type { Secrets } from "../secrets.ts";
import type { Connect } from "./bounded-request.ts";
import type { DeliveryLimits } from "./delivery-limits.ts";
import type { DeliveryMetrics } from "./delivery-metrics.ts";
import type { Patience } from "./patient-submission.ts";
import type { SupervisedTasks } from "./supervised-tasks.ts";

/** What every part of delivery is given. */
export interface DeliveryContext extends Patience {
  readonly secrets: Secrets;
  readonly limits: DeliveryLimits;
  readonly metrics: DeliveryMetrics;
  readonly tasks: SupervisedTasks;
  /** How an endpoint is reached. */
  readonly connect: Connect;
  /** Aborted when what is under way is waited for no longer. */
  readonly aborting: AbortSignal;
}
