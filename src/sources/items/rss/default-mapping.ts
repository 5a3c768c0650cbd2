/** The mapping of a feed without `item:`, over the records of `FeedEntry`. */
export const DEFAULT_FEED_MAPPING = {
  external_id: 'id',
  title: 'title',
  description: 'description',
  category: 'category',
  url: 'link',
  published_at: 'published',
  metadata: 'rest',
} as const;
