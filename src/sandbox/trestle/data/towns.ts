export type Town = {
  readonly city: string;
  readonly state: string;
  readonly county: string;
  readonly zips: readonly string[];
  readonly latitude: number;
  readonly longitude: number;
  readonly dollarsPerSquareFoot: number;
  readonly areas: readonly string[];
};

const rows: readonly (readonly [string, string, string, string, number, number, number, string])[] = [
  [
    'Irvine',
    'CA',
    'Orange',
    '92602,92614,92620',
    33.6846,
    -117.8265,
    640,
    'Northpark,Woodbridge,Turtle Rock',
  ],
  ['La Cañada Flintridge', 'CA', 'Los Angeles', '91011', 34.1993, -118.1879, 790, 'Descanso,Flintridge'],
  ['Riverside', 'CA', 'Riverside', '92503,92506,92508', 33.9806, -117.3755, 330, 'Canyon Crest,Orangecrest'],
  ['Portland', 'OR', 'Multnomah', '97202,97211,97217', 45.5152, -122.6784, 340, 'Sellwood,Alberta,Kenton'],
  ['Coeur d’Alene', 'ID', 'Kootenai', '83814,83815', 47.6777, -116.7805, 315, 'Sanders Beach,Ramsey'],
  ['Austin', 'TX', 'Travis', '78704,78745,78757', 30.2672, -97.7431, 345, 'Zilker,Cherry Creek,Brentwood'],
  ['San Antonio', 'TX', 'Bexar', '78209,78230,78258', 29.4241, -98.4936, 185, 'Alamo Heights,Stone Oak'],
  ['Española', 'NM', 'Rio Arriba', '87532', 35.9911, -106.0806, 205, 'Santa Clara,Fairview'],
  ['Denver', 'CO', 'Denver', '80205,80211,80220', 39.7392, -104.9903, 375, 'Five Points,Highland,Park Hill'],
  ['Omaha', 'NE', 'Douglas', '68104,68114,68132', 41.2565, -95.9345, 175, 'Dundee,Benson,Aksarben'],
  ['Minneapolis', 'MN', 'Hennepin', '55405,55409,55418', 44.9778, -93.265, 230, 'Lowry Hill,Kingfield'],
  ['Chicago', 'IL', 'Cook', '60614,60618,60647', 41.8781, -87.6298, 295, 'Lincoln Park,Logan Square'],
  ['Nashville', 'TN', 'Davidson', '37206,37209,37215', 36.1627, -86.7816, 310, 'East End,Sylvan Park'],
  ['Atlanta', 'GA', 'Fulton', '30307,30312,30318', 33.749, -84.388, 265, 'Inman Park,Grant Park'],
  ['Sarasota', 'FL', 'Sarasota', '34231,34236,34242', 27.3364, -82.5307, 355, 'Siesta Key,Laurel Park'],
  ['Charlotte', 'NC', 'Mecklenburg', '28203,28205,28277', 35.2271, -80.8431, 240, 'Dilworth,Plaza Midwood'],
  ['Bel Air', 'MD', 'Harford', '21014,21015', 39.5359, -76.3483, 215, 'Hickory,Emmorton'],
  ['Jersey City', 'NJ', 'Hudson', '07302,07304', 40.7178, -74.0431, 520, 'Paulus Hook,Bergen-Lafayette'],
  ['Burlington', 'VT', 'Chittenden', '05401,05408', 44.4759, -73.2121, 290, 'Old North End,South End'],
  ['Boston', 'MA', 'Suffolk', '02118,02127,02130', 42.3601, -71.0589, 690, 'South End,Jamaica Plain'],
];

/** Locations of the sandbox's listings. */
export const towns: readonly Town[] = rows.map(
  ([city, state, county, zips, latitude, longitude, dollarsPerSquareFoot, areas]) => ({
    city,
    state,
    county,
    zips: zips.split(','),
    latitude,
    longitude,
    dollarsPerSquareFoot,
    areas: areas.split(','),
  }),
);
