import {
  Algorithm,
  AlgorithmChoice,
  AlgorithmChoiceOrName,
  AlgorithmHistory,
  AlgorithmInForce,
  AlgorithmList,
  AlgorithmSwitch,
  CurrentAlgorithm,
  MaxWait,
  Switched,
} from './algorithm.ts';
import { BatchItemResult, BatchResult } from './batch.ts';
import { FileList, Output } from './bundle.ts';
import { familySchemas } from './dependency.ts';
import { Explanation } from './explanation.ts';
import { Key, KeyInput, KeyList, KeySelf, NewKey } from './key.ts';
import { LogList, TaskList } from './lists.ts';
import { Attempt, LogRow, TaskLog } from './log.ts';
import { Heartbeat, HeartbeatAnswer, LeaseAnswer, Node, NodeDetail, NodeInput, NodeList, Registration, ResultAnswer } from './node.ts';
import { InputList } from './node-files.ts';
import { BulkCount, BulkInput, Operation } from './operation.ts';
import { Pool, PoolInput, PoolList, PoolPatch, Worker, WorkerList } from './pool.ts';
import { TaskPreview } from './preview.ts';
import { Problem } from './problem.ts';
import { Quota, QuotaList } from './quotas.ts';
import {
  Activation,
  Replay,
  ReplayCard,
  ReplayFidelity,
  ReplayFigures,
  ReplayInput,
  ReplayList,
  ReplayProof,
  ReplaySummary,
} from './replay.ts';
import { Simulation, SimulationInput, SimulationStarted } from './simulation.ts';
import { Health, Index, Live, Ready, Stats } from './system.ts';
import { BatchTask, Task, TaskInput, TaskSummary } from './task.ts';
import { TaskType, TaskTypeInput, TaskTypeList, TaskTypePatch } from './task-type.ts';
import { Tenant, TenantInput, TenantList, TenantPatch } from './tenant.ts';
import type { TSchema } from './type.ts';
import { WaitingWork } from './waiting.ts';

/** Every schema with a name: what `$ref` can point at, and the components of the OpenAPI document. */
export const sharedSchemas: readonly TSchema[] = [
  ...[
    Problem,
    TaskInput,
    BatchTask,
    ...familySchemas,
    Task,
    TaskSummary,
    TaskList,
    TaskLog,
    LogRow,
    LogList,
    Attempt,
    Explanation,
    WaitingWork,
    TaskPreview,
    BatchItemResult,
    BatchResult,
    BulkInput,
    BulkCount,
    Operation,
    FileList,
    Output,
  ],
  ...[PoolInput, PoolPatch, Pool, PoolList, Worker, WorkerList, TaskType, TaskTypeInput, TaskTypePatch, TaskTypeList],
  ...[Node, NodeDetail, NodeList, NodeInput, Registration, Heartbeat, HeartbeatAnswer, LeaseAnswer, ResultAnswer, InputList],
  ...[Key, KeyInput, KeyList, KeySelf, NewKey],
  ...[Tenant, TenantInput, TenantPatch, TenantList, Quota, QuotaList],
  ...[MaxWait, Algorithm, AlgorithmChoice, AlgorithmChoiceOrName, AlgorithmSwitch, AlgorithmList, AlgorithmHistory],
  ...[CurrentAlgorithm, AlgorithmInForce, Switched],
  ...[Activation, ReplayInput, ReplayFigures, ReplayCard, ReplayFidelity, ReplayProof, ReplaySummary, ReplayList, Replay],
  ...[SimulationInput, SimulationStarted, Simulation, Stats, Health, Live, Ready, Index],
];
