export { acquire } from "./acquire.ts";
export { estimators, methods, type AcquisitionLoop, type AcquisitionOptions, type AcquisitionState, type AdjustableOptions, type Candidate, type Method, type Ranking, type RewardTable, type StopReason } from "./api.ts";
export { parseCosts } from "./costs.ts";
export { needsJoint } from "./options.ts";
export { openLoop } from "./loop.ts";
export { Rewards, type RewardOptions } from "./rewards.ts";
