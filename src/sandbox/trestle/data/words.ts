const list = (text: string): readonly string[] => text.split(',');

export const streets = list(
  'Maple,Oak,Cedar,Elm,Chestnut,Magnolia,Juniper,Sycamore,Lincoln,Jefferson,Franklin,Washington,Lakeview,Hillcrest,Meadow,Orchard,Mission,Prospect,Park,Church,Spring,Mill,Ridge,Sunset,Martin Luther King,El Camino,Peña,O’Connell',
);
export const suffixes = list('Street,Avenue,Drive,Lane,Court,Road,Boulevard,Way,Place,Circle,Terrace');
export const directions = list('N,S,E,W,NE,NW,SE,SW');
export const firstNames = list(
  'Maria,James,Aisha,Robert,Linh,Patricia,José,Elena,Michael,Priya,David,Zoë,Thomas,Renée,Kenji,Sarah,Björn,Olivia,Marcus,Naomi',
);
export const lastNames = list(
  'Nguyen,Smith,García,Johnson,O’Brien,Patel,Müller,Williams,Chen,Kowalski,Brown,Hernández,Davis,Kim,Fitzgerald,Washington,Lindqvist,Okafor',
);
export const brokerages = list(
  'Harbor & Hill Realty,Blue Heron Properties,First Street Brokers,Cottonwood Real Estate Group,Keystone Homes,Lighthouse Realty Partners,Summit Residential,Red Door Realty',
);
export const schools = list(
  'Washington,Roosevelt,Lincoln,Lakeside,Northview,Cesar Chavez,Sunnyside,Heritage,Riverbend,Franklin',
);
export const systems = list('CRMLS,BRIGHT,StellarMLS,REcolorado,MRED');

/** Values of comma-joined enums, as Trestle spells them. */
export const features: Readonly<Record<string, readonly string[]>> = {
  AccessibilityFeatures: list('AccessibleApproachwithRamp,AccessibleDoors,NoStairs'),
  Appliances: list('Dishwasher,Disposal,Dryer,GasRange,Microwave,Refrigerator,TrashCompactor,Washer'),
  ArchitecturalStyle: list('Bungalow,Colonial,Contemporary,Craftsman,MidCenturyModern,Ranch,Spanish,Tudor'),
  AssociationAmenities: list('Clubhouse,FitnessCenter,Pool,TennisCourts,Trails'),
  AssociationFeeIncludes: list('Insurance,MaintenanceGrounds,Sewer,Trash,Water'),
  Basement: list('CrawlSpace,Daylight,Finished,Full,Partial,Unfinished,WalkOutAccess'),
  CommunityFeatures: list('Curbs,Gated,Park,Sidewalks,StreetLights,Suburban'),
  ConstructionMaterials: list('Adobe,Brick,FiberCement,Frame,Stone,Stucco,WoodSiding'),
  Cooling: list('CeilingFans,CentralAir,Ductless,EvaporativeCooling,WholeHouseFan'),
  Electric: list('CircuitBreakers,PhotovoltaicsSellerOwned,Volts220'),
  ExteriorFeatures: list('Balcony,Garden,Lighting,RainGutters'),
  Fencing: list('BackYard,ChainLink,Privacy,Vinyl,Wood'),
  FireplaceFeatures: list('FamilyRoom,Gas,LivingRoom,WoodBurning'),
  Flooring: list('Bamboo,Carpet,Hardwood,Laminate,Tile,Vinyl'),
  FoundationDetails: list('Block,ConcretePerimeter,Slab'),
  GreenEnergyEfficient: list('Appliances,Insulation,Thermostat,Windows'),
  Heating: list('Baseboard,Central,ForcedAir,HeatPump,NaturalGas,Radiant'),
  InteriorFeatures: list(
    'BuiltinFeatures,CrownMolding,GraniteCounters,HighCeilings,KitchenIsland,OpenFloorplan',
  ),
  LaundryFeatures: list('ElectricDryerHookup,InGarage,InUnit,WasherHookup'),
  ListingTerms: list('Cash,Conventional,FHA,VaLoan'),
  LotFeatures: list('BackYard,CornerLot,CulDeSac,FrontYard,Landscaped,SprinklerSystem,Wooded'),
  ParkingFeatures: list('Concrete,DirectAccess,Driveway,Garage,GarageDoorOpener,OnStreet,RvAccessParking'),
  PatioAndPorchFeatures: list('Covered,Deck,FrontPorch,Patio,Screened'),
  PetsAllowed: list('CatsOk,DogsOk,SizeLimit'),
  PoolFeatures: list('Community,Heated,InGround,Private,SaltWater'),
  Possession: list('CloseOfEscrow,Negotiable,SubjectToTenantRights'),
  PropertyCondition: list('FixerUpper,NewConstruction,UpdatedRemodeled'),
  RoadSurfaceType: list('Asphalt,Gravel,Paved'),
  Roof: list('Asphalt,Composition,Metal,Shingle,SpanishTile,Tile'),
  SecurityFeatures: list('CarbonMonoxideDetectors,GatedCommunity,SmokeDetectors'),
  Sewer: list('PublicSewer,SepticTank'),
  SpecialListingConditions: list('Standard,ThirdPartyApproval,Trust'),
  SyndicateTo: list('Homescom,RealtorDotcom,ZillowTrulia'),
  Utilities: list('CableAvailable,ElectricityConnected,NaturalGasConnected,WaterConnected'),
  View: list('City,Hills,Mountains,Neighborhood,ParkGreenbelt,Water'),
  WaterSource: list('Public,Well'),
  WindowFeatures: list('Blinds,DoublePaneWindows,Skylights'),
};
