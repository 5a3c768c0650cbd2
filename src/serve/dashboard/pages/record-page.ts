import { quoteForShell } from '../../../lib/quote-for-shell.ts';
import { formatSize } from '../../../lib/size.ts';
import type { FieldIssue } from '../../../model/field-issue.ts';
import type { Reason } from '../../../model/row.ts';
import type { ListingParcel } from '../../../record/listing-parcel.ts';
import type { ListingFile } from '../../../record/media-file-report.ts';
import type { RecordReport } from '../../../report/record-report.ts';
import { formatCount, formatSqlTime } from '../format.ts';
import { type Content, type Html, html } from '../html.ts';
import type { Page } from '../layout.ts';
import { mediaAddress } from '../media/media-address.ts';
import { renderBadge } from '../parts/badge.ts';
import { renderCommand, renderFacts } from '../parts/facts.ts';
import { renderTable } from '../parts/table.ts';
import { hideQuoted, showValue } from '../public-values.ts';
import type { ListingDisplay } from '../read-listing-display.ts';

const MAX_PHOTOS = 12;

/**
 * One record of the feed: what is stored, and why other things are not.
 * @param hasPhotos whether files are in a local folder.
 */
export function renderRecord(report: RecordReport, display: ListingDisplay, hasPhotos: boolean): Page {
  const { address, showsListing, showsAddress } = display;
  const { resource, key, here, quarantined, fields, parcels = [], files } = report;
  const kind = resource === 'Property' ? 'Listing' : resource;
  const offline = resource === 'Property' ? '' : ` --resource ${resource}`;
  return {
    title: `${kind} ${key}`,
    level: quarantined.length > 0 ? 'warn' : here === undefined ? 'new' : 'ok',
    content: html`<div class="headline">
        <h1>${kind} ${key}</h1>
        <ul class="facts">
          ${address === null ? '' : html`<li>${address}</li>`}
          <li>${describePresence(report)}</li>
        </ul>
        <p class="note">
          Compare with the feed: ${renderCommand(`trestle-etl why ${quoteForShell(key)}${offline}`)}
        </p>
      </div>
      ${here === undefined ? '' : renderFacts(listFacts(here, showsListing))}
      ${files === undefined || !hasPhotos || !showsListing ? '' : renderPhotos(files)}
      ${
        quarantined.length === 0
          ? ''
          : html`<h2>Why it is in quarantine</h2>
              ${renderReasons(resource, quarantined, showsAddress)}`
      }
      ${
        fields.length === 0
          ? ''
          : html`<h2>Fields that differ from what was sent</h2>
              ${renderIssues(resource, fields, showsAddress)}`
      }
      ${showsAddress ? parcels.map(renderParcel) : ''}
      ${
        files === undefined
          ? ''
          : html`<h2>Files</h2>
              ${renderFiles(files)}`
      }`,
  };
}

function describePresence({ here, quarantined }: RecordReport): Html {
  if (here !== undefined)
    return renderBadge(
      here.deletedAt === null ? 'ok' : 'gone',
      here.deletedAt === null ? 'stored' : 'deleted',
    );
  return quarantined.length > 0 ? renderBadge('failed', 'in quarantine') : renderBadge('new', 'not stored');
}

function listFacts(here: NonNullable<RecordReport['here']>, showsListing: boolean): [string, Content][] {
  const isListing = here.media !== undefined;
  const listing: [string, Content][] = isListing
    ? [
        ['Status', here.status ?? 'none'],
        ['Price', showsListing ? (here.price ?? 'none') : 'hidden'],
        ['City', showsListing ? (here.city ?? 'none') : 'hidden'],
        [
          'Media',
          `${formatCount(here.media)} stored, the feed counted ${formatCount(here.photosCount)}${here.mediaDue === 1 ? '; due with the next sync' : ''}`,
        ],
        ['Media requested again', here.mediaRetryAt == null ? null : formatSqlTime(here.mediaRetryAt)],
        ['Media fetched', here.mediaFetchedAt == null ? null : formatSqlTime(here.mediaFetchedAt)],
      ]
    : [];
  return [
    ...listing,
    ['Version (watermark)', formatSqlTime(here.version)],
    [
      'Written',
      html`${formatSqlTime(here.updatedAt)} by
        <a href="/runs/${here.run}">run ${here.run}</a>${here.runMode === null ? '' : ` (${here.runMode})`}`,
    ],
    ['Payload', here.hasPayload === 1 ? 'stored' : 'not stored (PAYLOAD=off)'],
    [
      'Deleted',
      here.deletedAt === null
        ? null
        : html`${formatSqlTime(here.deletedAt)},
          ${here.deletedBecause ?? 'by hand: it is not in the deletion log'}`,
    ],
  ];
}

function renderReasons(resource: string, reasons: readonly Reason[], showsAddress: boolean): Html {
  return renderTable<Reason>(
    'Reasons',
    [
      { head: 'Field', cell: ({ field }) => field || 'record' },
      { head: 'Rule', kind: 'text', cell: ({ rule }) => hideQuoted(rule) },
      { head: 'Value', kind: 'text', cell: (each) => showValue(resource, each, showsAddress) },
    ],
    reasons,
  );
}

function renderIssues(resource: string, issues: readonly FieldIssue[], showsAddress: boolean): Html {
  return renderTable<FieldIssue>(
    'Fields',
    [
      { head: 'Field', cell: ({ field }) => field },
      { head: 'Problem', kind: 'text', cell: ({ rule, action }) => `${rule} (${action})` },
      { head: 'As sent', kind: 'text', cell: (each) => showValue(resource, each, showsAddress) },
    ],
    issues,
  );
}

function renderParcel({ source, parcelNumber, account, compared }: ListingParcel): Html {
  const facts: [string, Content][] =
    account === null
      ? [['Account', `none matches the parcel number ${parcelNumber ?? '(missing)'}`]]
      : [
          ['Account', `${account.number} of ${account.year}, by ${account.method} (score ${account.score})`],
          ['Address', account.address ?? 'none'],
          ['Value before the cap', formatCount(account.marketValue)],
          ['Value after the cap', formatCount(account.appraisedValue)],
          ...compared.map(({ field, listing, account: value }): [string, Content] => [
            field,
            listing === value
              ? `${listing ?? 'unknown'} in both`
              : html`<span class="warn"
                  >${listing ?? 'none'} in the listing, ${value ?? 'none'} in the account</span
                >`,
          ]),
        ];
  return html`<h2>Parcel in ${source}</h2>
    ${renderFacts(facts)}`;
}

function renderPhotos(files: readonly ListingFile[]): Html {
  const stored = files.filter(({ path }) => path !== null && /\.(?:jpe?g|png|webp|gif|avif)$/.test(path));
  const more = stored.length - MAX_PHOTOS;
  if (stored.length === 0) return html``;
  return html`<h2>Photos</h2>
    <ul class="photos">
      ${stored.slice(0, MAX_PHOTOS).map(
        ({ mediaKey }, nth) =>
          html`<li>
            <a href="${mediaAddress(mediaKey)}"
              ><img src="${mediaAddress(mediaKey)}" alt="Photo ${nth + 1}" loading="lazy"
            /></a>
          </li> `,
      )}
    </ul>
    ${more > 0 ? html`<p class="quiet">${more} more are stored.</p>` : ''}`;
}

function renderFiles(files: readonly ListingFile[]): Html {
  return renderTable<ListingFile>(
    'Files',
    [
      { head: 'Media', cell: ({ mediaKey }) => mediaKey },
      { head: 'Order', kind: 'number', cell: ({ order }) => order },
      {
        head: 'State',
        cell: ({ state }) =>
          renderBadge(state === 'stored' ? 'ok' : (state ?? 'new'), state ?? 'not listed yet'),
      },
      { head: 'Size', kind: 'number', cell: ({ bytes }) => (bytes === null ? '–' : formatSize(bytes)) },
      { head: 'Tries', kind: 'number', cell: ({ tries }) => tries },
      {
        head: 'Reason',
        kind: 'text',
        cell: ({ reason, message }) => [reason, message].filter((each) => each !== null).join(': '),
      },
      { head: 'Requested again', cell: ({ retryAt }) => formatSqlTime(retryAt) },
    ],
    files,
    'It has no media.',
  );
}
