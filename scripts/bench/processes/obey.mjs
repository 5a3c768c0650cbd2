/**
 * Carries out the orders of the parent process, and ends with it.
 * @template Order
 * @param {object} first the report of the first message
 * @param {(order: Order) => Promise<object>} handle
 */
export function obey(first, handle) {
  process.on('message', (/** @type {Order & { id: number }} */ order) => {
    handle(order).then(
      (report) => process.send?.({ id: order.id, report }),
      (error) => process.send?.({ id: order.id, failed: String(error) }),
    );
  });
  process.on('disconnect', () => process.exit());
  process.on('SIGINT', () => undefined);
  process.send?.({ id: 0, report: first });
}
