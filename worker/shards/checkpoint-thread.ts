import { checkpointBeside } from "../store/checkpoint.ts";

/*
 * The thread that brings the logs of stores into their files (`StoreCheckpoints`). Loading this file
 * does nothing.
 */

/** @param path of a store */
export function handle(path: string): void {
  checkpointBeside(path);
}
