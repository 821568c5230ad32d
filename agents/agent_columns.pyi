# Made by python -m experiments.pages: do not edit.
class FirmColumns:
    city: int  # row of cities: city in which the firm works
    home: int  # row of cities: city in which the founder lives
    home_tier: int  # row of city_tiers: the firm's tier in the founder's home
    tier: int  # row of tiers: tier of the industry chain, 0 upstream to 3 final
    city_tier: int  # row of city_tiers: the firm's tier in its city
    supplier: int  # row of firms: partner one tier upstream
    customer: int  # row of firms: partner one tier downstream
    prospect: int  # row of cities: the customer's city
    prospect_tier: int  # row of city_tiers: the firm's tier in the customer's city
    alive: float  # 0 or 1: 1 while the founder runs a firm
    age: float  # quarters: quarters since the firm was founded
    quality: float  # log points: productivity of the firm's product lines, in levels
    adopter: float  # 0 or 1: 1 if research is done with compute and data
    eligible: float  # 0 or 1: 1 if the firm may use the city's compute vouchers
    supply: float  # quality units: quality-weighted supply, exp(θ·quality)
    revenue: float  # money/quarter: sales to all cities
    lines: float  # lines: product lines: sales relative to those of an average firm
    value_added: float  # money/quarter: sales less purchases from other firms
    profit: float  # money/quarter: value added less wages, taxes, talent and compute
    digital_revenue: float  # money/quarter: sales of a firm that uses compute
    research_spending: float  # money/quarter: budget for talent and compute
    compute_spending: float  # money/quarter: payments of the firm itself for compute
    labour_spending: float  # money/quarter: payments of the firm for talent
    own_intensity: float  # innovations/line/quarter: arrival rate from own research
    partner_innovation: float  # innovations/quarter: partners' chance of innovating last quarter
    conversion_intensity: float  # innovations/line/quarter: arrival rate from converting partners' innovations
    innovation_probability: float  # 1/quarter: chance that a product line innovates this quarter
    own_innovations: float  # innovations/quarter: expected innovations from own research, all lines
    converted_innovations: float  # innovations/quarter: expected converted innovations, all lines
    innovations: float  # innovations/quarter: expected innovations, all lines
    realised_innovations: float  # innovations/quarter: innovations that happened, all lines
    innovated: float  # 0 or 1: 1 if the firm innovated this quarter
    entering: float  # 0 or 1: the founder starts a firm
    exiting: float  # 0 or 1: the firm closes
    relocating: float  # 0 or 1: the firm moves to its customer's city
    rung: float  # rung: rung of value added within the tier, 0 to 4
    relatedness: float  # 0-1: nearness of the city's firms to the rung above
    climb_chance: float  # 1/quarter: chance of climbing a rung
    fall_chance: float  # 1/quarter: chance of falling back a rung
    climbed: float  # 0 or 1: 1 if the firm climbed a rung this quarter
    fell: float  # 0 or 1: 1 if the firm fell back a rung this quarter
    purchase_factor: float  # ratio: purchases upstream per unit of sales, to the average firm's
    value_factor: float  # ratio: value added per unit of sales, to the average firm's
    purchases: float  # quality units: supply weighted with the purchase factor
    weighted_sales: float  # money/quarter: sales times the value factor
    supplier_search: float  # 0-1: candidate supplier that is considered, 0: none
    customer_search: float  # 0-1: candidate customer that is considered, 0: none
    technique: float  # 0 or 1: 1 if the firm works with the new technique
    technique_quality: float  # log points: contribution of the technique to quality
    technique_gain: float  # quarters of sales: gain of changing the technique, less its cost
    capital_used: float  # capital: K: capital that the firm rents
    compute_used: float  # compute: H: compute capital that the firm rents and uses directly
    services_wanted: float  # services/year: compute services wanted at the posted price
    services_if_dearer: float  # services/year: the same at a price a little above
    services_if_cheaper: float  # services/year: the same at a price a little below
    services_used: float  # services/year: X: compute services that the firm gets
    output: float  # goods/year: Y: final goods that the firm makes
    capital_bid: float  # 1/year: marginal product of the firm's capital
    compute_bid: float  # 1/year: marginal product of the firm's compute
    capital_wanted: float  # capital: capital that the firm asks for next
    compute_wanted: float  # compute: compute that the firm asks for next
    industry: int  # row of industries: industry of the firm
    consumer_spending: float  # money/quarter: compute for consumers over the internet
    tilted_spending: float  # money/quarter: compute, weighted by its intelligence

class CityColumns:
    market: float  # money/quarter: GDP of the city in the base year (its share of national GDP of 2010)
    market_observed: float  # 0 or 1: 1 if that figure is observed, 0 if it is an estimate
    productivity: float  # log points: productivity of the city, recovered from its GDP in the base year
    research_advantage: float  # log points: research conditions, recovered from patents of the base year
    talent_endowment: float  # talent: skilled people who call the city home
    amenity: float  # log points: attraction of the city for talent apart from the wage
    business_environment: float  # 0-1: how easy it is to found and run a firm
    data_openness: float  # 0-1: share of public data that is open
    redundancy: float  # 0-1: bureaucratic redundancy
    fiscal_decentralisation: float  # 0-1: share of local tax that the city keeps
    attention: float  # 0-1: government attention to digital innovation
    ip_protection: float  # 0-1: protection of digital property rights
    digital_governance: float  # 0-1: share of administration done digitally
    government_bill: float  # money/quarter: compute bought by the city's government
    budget: float  # money/quarter: budget that the city may spend freely
    fiscal_capacity: float  # ratio: budget per firm relative to the country, 0 to 2
    voucher_rate: float  # fraction: share of an eligible compute bill that a voucher pays
    voucher_scope: float  # fraction: part of the bill that vouchers may pay, by supplier
    voucher_relief: float  # fraction: share of an eligible firm's whole compute bill that it pays
    voucher_base: float  # money/quarter: compute bill of firms that may use vouchers
    voucher_paid: float  # money/quarter: vouchers paid out
    permit_speed: float  # 0-1: speed of permits, 1 without bureaucratic delay
    data_stock: float  # data: data kept by platforms and by hosts of tasks, open to all firms
    data: float  # data: data that a firm of the city can work with
    hosted_tasks: float  # money/quarter: tasks of other cities run in this city, at the price of the cloud
    plain_productivity: float  # ratio: research productivity without compute
    adopter_productivity: float  # ratio: research productivity with compute and data
    talent: float  # talent: skilled people who work in the city
    wage: float  # money/talent/quarter: price of one unit of talent
    attraction: float  # ratio: pull on talent, exp(κ·ln wage + amenity)
    people: float  # people: people who live and work in the city
    people_amenity: float  # log points: attraction of the city for people apart from income
    people_attraction: float  # ratio: pull on people
    labour_wage: float  # money/person/quarter: income from production and services per person
    conversion_ease: float  # ratio: ease of putting novelties to use
    crowding: float  # log points: growth of people since the base year, to which rents answer
    price_level: float  # ratio: price of consumption, to that of the base year
    goods_price: float  # ratio: price index of goods from all cities
    income: float  # money/quarter: income of residents and government, and investment in the city
    spending: float  # money/quarter: final demand, from what was earned in the last quarter
    goods_share: float  # fraction: share of final demand that is spent on goods; 0 if none reach the city
    services: float  # money/quarter: local services sold in the city
    firm_value_added: float  # money/quarter: value added of the city's firms
    owner_income: float  # money/quarter: profits of firms whose founders live here
    centre_income: float  # money/quarter: value added of centres and cloud in the city, last quarter
    centre_payroll: float  # money/quarter: the part of it that is paid to labour and power in the city
    cloud_weight: float  # fraction: part of the commercial cloud that is in the city
    price_base: float  # log points: price of consumption in the base year
    people_base: float  # people: people in the base year
    central_tax: float  # money/quarter: tax that goes to the central government
    centre_investment: float  # money/quarter: spending on capacity of the city's centres
    transfer: float  # money/quarter: transfer from the central government
    gdp: float  # money/quarter: gross domestic product: value added of firms, services and compute
    real_gdp: float  # money/quarter: the same at prices of the base year
    firms: float  # firms: firms at work
    adopters: float  # firms: firms that work with compute
    adoption_share: float  # fraction: share of firms that work with compute
    revenue: float  # money/quarter: sales of the city's firms
    digital_revenue: float  # money/quarter: sales of firms that work with compute
    research_spending: float  # money/quarter: research budgets
    labour_demand: float  # money/quarter: research wages paid
    compute_bill: float  # money/quarter: compute at providers' prices, before vouchers
    innovation: float  # innovations/quarter: expected innovations: sum of the firms' chances
    own_innovation: float  # innovations/quarter: expected arrivals from own research
    conversion_innovation: float  # innovations/quarter: expected arrivals from converted innovations
    realised_innovation: float  # innovations/quarter: innovations that happened
    entrants: float  # firms/quarter: firms founded
    exits: float  # firms/quarter: firms closed
    arrivals: float  # firms/quarter: firms that moved in
    price_basic: float  # money/compute: mean delivered price of basic compute
    price_intelligent: float  # money/compute: mean delivered price of intelligent compute
    price_super: float  # money/compute: mean delivered price of supercomputing
    compute_price: float  # money/compute: mean delivered price of compute (geometric, by kind)
    compute_use: float  # compute/quarter: effective compute used by the city's firms and its government
    basic_use: float  # compute/quarter: the basic compute in it
    intelligent_use: float  # compute/quarter: the intelligent compute in it
    super_use: float  # compute/quarter: the supercomputing in it
    provider_surplus: float  # money/quarter: profit of the centres in the city, losses apart
    hub: float  # 0 or 1: 1 if the city has a cluster of a national hub
    province: float  # row: number of the city's province, in order of first appearance
    electricity_price: float  # CNY/kWh: price of power
    green_share: float  # fraction: share of green power
    building_fund: float  # money: money set aside for centres
    rural_share: float  # fraction: share of people in the countryside
    shared_data: float  # data: data of other cities that its firms can use
    treaty: float  # row: number of its province, whose cities have a treaty
    climbs: float  # firms/quarter: firms that climbed a rung
    falls: float  # firms/quarter: firms that fell back a rung
    weighted_sales: float  # money/quarter: sales times the value factor
    value_added: float  # money/quarter: sales less purchases of the city's firms
    value_factor: float  # ratio: value added per unit of sales, to the average firm's
    chain_position: float  # rung: mean rung of the city's firms
    chain_level: float  # rung: mean rung weighted by sales
    chain_tiers: float  # tiers: effective number of tiers, by sales: 1 to 4
    chain_length: float  # tiers: tiers traced upstream through partners at work, by sales
    chain_density: float  # links/firm: partners at work per firm, 0 to 2
    chain_locality: float  # fraction: part of those partners that are in the same city
    chain_mode: float  # fraction: share of sales by firms that work with compute
    old_experience: float  # quarters of sales: experience in the old technique
    new_experience: float  # quarters of sales: experience in the new technique
    old_reached: float  # quarters of sales: experience in the old technique, with other cities'
    new_reached: float  # quarters of sales: experience in the new technique, with other cities'
    old_productivity: float  # log points: contribution of the old technique to quality here
    new_productivity: float  # log points: contribution of the new technique to quality here
    new_revenue: float  # money/quarter: sales of firms that work with the new technique
    technique_share: float  # fraction: their share in sales
    new_since: float  # year: first year in which the new technique had a tenth of sales; 0: not yet
    capital_stock: float  # capital: K: all capital but compute
    compute_stock: float  # compute: H_T: all compute capital
    direct_compute: float  # compute: H: compute capital that firms use directly
    rented_compute: float  # compute: H_X: compute capital with which the provider works
    mean_compute: float  # index: H̄: the economy's compute in the work of capital
    service_price: float  # goods/service: price of compute services in this quarter
    services_wanted: float  # services/year: services that firms want at that price
    services_if_dearer: float  # services/year: the same at a price a little above
    services_if_cheaper: float  # services/year: the same at a price a little below
    services_used: float  # services/year: X: services that firms get
    served_share: float  # fraction: share of the services wanted that the provider can make
    output: float  # goods/year: Y: final goods
    capital_income: float  # goods/year: payments of firms for capital
    compute_income: float  # goods/year: payments of firms for compute used directly
    capital_rental: float  # 1/year: r: mean rental of capital
    direct_rental: float  # 1/year: ω: mean rental of compute used directly
    rental_bid: float  # 1/year: rental that the provider offers for compute
    capital_wanted: float  # capital: capital that firms ask for
    compute_wanted: float  # compute: compute that firms ask for
    household_return: float  # 1/year: income of an owner per unit of investment
    desired_growth: float  # 1/year: growth of consumption that households want at that return
    consumption: float  # goods/year: C: consumption
    investment: float  # goods/year: I: output that is not consumed
    wealth_growth: float  # 1/year: growth of all capital, net of depreciation
    consumption_share: float  # 1/year: consumption per unit of wealth that households plan
    students: float  # talent: people in training
    graduated: float  # talent/quarter: people who have finished
    operating_carbon: float  # t·money/CNY/quarter: CO2 of the power of its centres
    embodied_carbon: float  # t·money/CNY/quarter: CO2 of their servers and buildings, as they wear out
    compute_depth: float  # log points: productivity that the city's compute gives its capital
    standard: float  # 0 or 1: 1 if the city's users work in common units
    platform: float  # 0 or 1: platform on which the city buys: 1 is the rival's
    fee_ratio: float  # ratio: fee of its platform, to exchange_fee

class ProviderColumns:
    city: int  # row of cities: city of the centre
    kind: int  # row of kinds: kind of compute: 0 basic, 1 intelligent, 2 super
    site: int  # row of sites: row of the network's route table
    opens: float  # quarter: quarter in which the centre opens, counted from the first
    public: float  # 0 or 1: 1 if a government owns the centre
    dedicated: float  # 0 or 1: 1 if the centre is built for one industry, 0 if it is general-purpose
    industry: int  # row of tiers: the tier of the chain that a dedicated centre is built for
    operating: float  # 0 or 1: 1 once the centre is open
    size: float  # ratio: capacity relative to a standard centre of its kind
    capacity: float  # compute/quarter: compute that the centre can deliver
    electricity_price: float  # CNY/kWh: price of power in the centre's city
    green_share: float  # fraction: share of green power in the centre's city
    unit_cost: float  # money/compute: marginal cost: service and electricity
    price: float  # money/compute: posted price
    utilisation: float  # ratio: load sent to the centre over capacity (above 1: overload)
    load: float  # compute/quarter: compute that customers bought from the provider
    served: float  # compute/quarter: compute that the centre delivered from its own capacity
    overflow: float  # compute/quarter: load that the provider bought in from the commercial cloud
    revenue: float  # money/quarter: payments of customers
    surplus: float  # money/quarter: revenue less operating cost and bought-in compute
    capital_cost: float  # money/quarter: depreciation and interest of the centre's capacity
    power_use: float  # kWh·money/CNY/quarter: electricity, cooling included; kWh if 1 money is 1 CNY
    ask: float  # money/compute: lowest price at which the provider sells on the exchange
    taken: float  # 0 or 1: 0 in a row that is free for a centre to come
    built: float  # 0 or 1: 1 if an agent ordered it
    cost: float  # money: cost of building the centre
    equity: float  # money: earned beyond the cost of its capital
    failing: float  # 0 or 1: 1 if the centre closes
    green_power: float  # kWh·money/CNY/quarter: the part of its electricity that is green
    peak_ratio: float  # ratio: load in the peak, to the mean
    curtailed_power: float  # kWh·money/CNY/quarter: curtailed power it used
    certificates: float  # kWh·money/CNY/quarter: green certificates it bought
    edge: float  # 0 or 1: 1 for an edge centre: small, for real-time work nearby
    service_price: float  # goods/service: p: price of compute services
    price_stride: float  # log points: last move of the price; its sign is the direction
    profit_if_dearer: float  # goods/year: profit at a price a little above
    profit_if_cheaper: float  # goods/year: profit at a price a little below
    rental_bid: float  # 1/year: rental that the provider offers for compute
    operating_carbon: float  # t·money/CNY/quarter: CO2 of the centre's power
    embodied_carbon: float  # t·money/CNY/quarter: CO2 of its servers and buildings, as they wear out
    certified: float  # 0 or 1: 1 if the centre is registered in common units
    both_platforms: float  # 0 or 1: 1 if it is listed on both platforms
    standing_charge: float  # money/compute: fixed part of the tariff, a unit sold
    relieved: float  # fraction: part of the city's share that it is spared
    ordered: float  # ratio: its size while it is being built
