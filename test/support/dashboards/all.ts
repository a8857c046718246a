import { fileURLToPath } from 'node:url';
import { chain } from './chain.ts';
import type { DashboardPlan } from './dashboard.ts';
import { endpoint } from './endpoint.ts';
import { overview } from './overview.ts';

/** Every dashboard that ships. */
export const dashboardPlans: readonly DashboardPlan[] = [overview, chain, endpoint];

/** Where their files are. */
export const dashboardFolder = fileURLToPath(new URL('../../../config/grafana/dashboards/', import.meta.url));
