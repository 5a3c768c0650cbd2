import * as z from '../../../lib/zod.ts';
import { defineRoute } from '../../route.ts';

export const readLiveness = defineRoute({
  id: 'readLiveness',
  path: '/health/live',
  group: 'State',
  summary: 'Whether the process answers; for systemd and load balancers',
  isOpen: true,
  parameters: {},
  answer: z.strictObject({ status: z.literal('alive') }),
  read: () => Promise.resolve({ data: { status: 'alive' } }),
});
