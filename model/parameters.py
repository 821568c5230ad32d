"""All parameters of the model: default, range, unit, meaning and source.

The command line, configuration files, sliders, documentation and the JSON schema are made from this class.
A source is a publication, a row of ``model/data/targets.csv`` (E18, G14), "calibrated" (set by running the model to
meet what follows; docs/decisions.md gives the targets) or "judgement", with the range that is thought possible.
"general knowledge, check" marks a figure that is quoted from memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from model.parameter_field import Parameter as Parameter
from model.parameter_field import ParameterError as ParameterError
from model.parameter_field import ParameterRow as ParameterRow
from model.parameter_field import description, sentence
from model.parameter_field import number as _number
from model.parameter_field import unknown_parameter as unknown_parameter

SIZE, CHAIN, RESEARCH, ADOPTION = "Size and time", "Industry chain (M4, M5)", "Research (M1)", "Adoption (M2)"
RUNGS, TECHNIQUE = "Rungs of value added (M9)", "New technique (M10)"
INCOMES = "Incomes and people (M11)"
TALENT, GOVERNMENT, DATA = "Talent (M3)", "Government (M7)", "Data (M8)"
BUILDING = "Building of centres"
COMPUTE, FIRMS = "Compute market (M6)", "Entry, exit, relocation"
INSTITUTIONS = "Institutions of the compute market"
CLOSED = "Closed economy (document 003)"


class Parameters(BaseModel):
    """All parameters of a run; frozen. Unknown names and values out of range are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    own: ClassVar[tuple[Parameter, ...]] = ()  # those of extensions, in addition to those below

    # One line per parameter: a table.
    # fmt: off
    # ── Size and time ────────────────────────────────────────────────────────────────────────────
    firms: int = _number(10_000, 1, 20_000_000, "firms", "active firms at the start", "design", SIZE)
    founders_per_firm: float = _number(
        1.6, 1.0, 10.0, "ratio", "founders (rows) per firm at the start; the rest may enter", "judgement; more rows only lower the chance that a founder starts a firm", SIZE
    )
    start_year: int = _number(2005, 1900, 2100, "year", "first year that is reported", "start of the digital-economy series [document 003]", SIZE)
    burn_in: int = _number(40, 0, 400, "quarters", "quarters run before the first reported one", "judgement: talent, adoption and the recovered residuals come to rest", SIZE)

    # ── Industry chain ───────────────────────────────────────────────────────────────────────────
    intermediate_share: float = _number(0.6, 0.0, 0.9, "fraction", "purchases from the tier upstream per unit of sales", "China input-output tables, about 0.6 [general knowledge, check]", CHAIN)
    quality_elasticity: float = _number(3.0, 0.0, 10.0, "elasticity", "θ: sales to quality", "trade elasticity, 2.8-4.5 [Simonovska & Waugh 2014, J. Int. Econ. 92(1); general knowledge, check]; goods of cities are substitutes with elasticity 1 + θ", CHAIN)
    final_trade_reach: float = _number(500.0, 50.0, 1e6, "km", "distance over which final sales fall by 1/e", "judgement, 300-1000", CHAIN)
    intermediate_trade_reach: float = _number(1000.0, 50.0, 1e6, "km", "distance over which sales between firms fall by 1/e", "judgement, 600-2000", CHAIN)
    digital_trade: float = _number(0.5, 0.0, 0.9, "fraction", "ζ: cut in distance decay when all firms of the origin are digital; 0 switches it off", "judgement, 0-0.7", CHAIN)
    conversion_probability: float = _number(0.3, 0.0, 0.9, "1/innovation", "κ: follow-on opportunities per partner's innovation; 0 switches M5 off", "judgement, 0.1-0.5", CHAIN)
    plain_absorption: float = _number(0.35, 0.0, 1.0, "fraction", "absorption of a firm without compute, relative to one with", "judgement; absorption rests on own capability [Cohen & Levinthal 1990]", CHAIN)
    conversion_wage: float = _number(0.5, 0.0, 2.0, "elasticity", "η: ease of conversion to cheapness of labour; 0 switches it off", "judgement, 0-1", CHAIN)
    conversion_step: float = _number(0.5, 0.0, 1.0, "fraction", "quality gain of a converted innovation relative to an own one", "judgement", CHAIN)
    chain_reach: float = _number(1500.0, 0.0, 1e6, "km", "distance decay of partner choice; 0 means that distance does not matter", "judgement, 500 and more", CHAIN)
    compute_synergy: float = _number(0.0, 0.0, 1.0, "elasticity", "e: productivity of a city's capital to its compute; 0 switches it off", "judgement, 0-0.1; document 003 has the effect in one economy (closed_external_effect)", CHAIN)

    # ── Rungs of value added ─────────────────────────────────────────────────────────────────────
    chain_leap: float = _number(0.5, 0.0, 100.0, "1/quarter", "λ: rate of climbing per rung of excess quality at full relatedness; 0 switches rungs off", "judgement: with the usual relatedness of 0.3 a rung then takes one to two years", RUNGS)
    rung_threshold: float = _number(0.025, -2.0, 2.0, "log points", "quality required for the first rung, above the country's mean", "judgement: rungs then spread over the qualities that firms have", RUNGS)
    rung_spacing: float = _number(0.05, 0.01, 2.0, "log points", "quality between two rungs", "judgement: a converted innovation, half an own one", RUNGS)
    rung_loss: float = _number(0.2, 0.0, 100.0, "1/quarter", "rate of falling back per rung of missing quality; 0: no firm falls", "judgement", RUNGS)
    digital_climb: float = _number(0.5, 0.0, 5.0, "ratio", "increase of the climbing rate of a firm that works with compute; 0 switches it off", "judgement", RUNGS)
    relatedness_decay: float = _number(0.5, 0.0, 1.0, "ratio", "φ: nearness of activities one rung or one tier apart; 1 makes relatedness 1 everywhere", "judgement; the idea is Hidalgo et al. (2007)", RUNGS)
    rung_margin: float = _number(0.02, 0.0, 0.3, "fraction", "δ: cut in purchases upstream for each rung; 0: rungs are worth nothing", "judgement: value added is then 30 % of sales in assembly and 50 % on the top rung", RUNGS)
    rewiring: float = _number(0.1, 0.0, 1.0, "1/climb", "chance that a firm that climbed looks at a new supplier (and, apart, at a new customer); 0 switches it off", "judgement, 0.05-0.2", RUNGS)
    rewiring_reach: float = _number(500.0, 10.0, 1e6, "km/rung", "distance that a partner one rung higher is worth", "judgement", RUNGS)

    # ── New technique ────────────────────────────────────────────────────────────────────────────
    paradigm_arrival: float = _number(0.0, 0.0, 2300.0, "year", "year in which the new technique arrives; 0 switches techniques off (a year after the run leaves learning in the old one alone)", "scenario paradigm: 2012, when deep learning became practicable", TECHNIQUE)
    old_start: float = _number(0.0, -1.0, 1.0, "log points", "quality that the old technique adds without experience", "normalisation", TECHNIQUE)
    old_limit: float = _number(0.6, -1.0, 2.0, "log points", "quality that the old technique adds with full experience", "judgement", TECHNIQUE)
    new_start: float = _number(0.45, -1.0, 2.0, "log points", "quality that the new technique adds without experience", "judgement: below the old one in experienced cities", TECHNIQUE)
    new_limit: float = _number(1.4, -1.0, 3.0, "log points", "quality that the new technique adds with full experience", "judgement: above the old one's limit", TECHNIQUE)
    learning_rate: float = _number(0.025, 0.0, 1.0, "1/quarter of sales", "η: learning by doing", "judgement: two thirds are learned in ten years of average practice", TECHNIQUE)
    compute_learning: float = _number(1.0, 0.0, 5.0, "elasticity", "ε: speed of learning the new technique to cheapness of compute; 0 switches it off", "judgement", TECHNIQUE)
    experience_diffusion: float = _number(0.0, 0.0, 1.0, "fraction", "ψ: share of effective experience that is common to all cities; 0 allows reversal, 1 gives common progress", "judgement", TECHNIQUE)
    experience_reach: float = _number(500.0, 10.0, 1e6, "km", "distance over which others' experience falls by 1/e", "spillovers between EU regions fall by 55-70 % over 500 km (Reg. Sci. Urban Econ. 43(1), 2013) [general knowledge, check]", TECHNIQUE)
    payback_horizon: float = _number(12.0, 0.0, 100.0, "quarters", "b: time within which a change of technique must pay", "payback rule of three years, as in models of the Keynes+Schumpeter family [general knowledge, check]", TECHNIQUE)
    switching_cost: float = _number(1.0, 0.0, 100.0, "quarters of sales/wage", "cost of retraining at a wage of 1", "judgement", TECHNIQUE)
    technique_hazard: float = _number(0.1, 0.0, 1.0, "1/quarter", "largest chance that an active firm changes its technique", "judgement, near adoption_hazard", TECHNIQUE)
    technique_scale: float = _number(0.2, 0.005, 10.0, "quarters of sales", "scale of the logistic choice", "judgement", TECHNIQUE)
    technique_lock_in: float = _number(1.0, 0.0, 1.0, "0 or 1", "1: firms choose; 0: all take up the new technique on arrival", "switch", TECHNIQUE)

    # ── Research ─────────────────────────────────────────────────────────────────────────────────
    substitution: float = _number(1.0, 1.0, 3.0, "elasticity", "σ: substitution of compute for talent; 1 switches it off (Cobb-Douglas; below 1.05 counts as 1); talent inflow and compensation need 1 < σ < 1/(1−μ)", "judgement: with σ above 1 the share of compute in research goes to 1 as its price falls (docs/decisions.md)", RESEARCH)
    compute_weight: float = _number(0.3, 0.001, 0.5, "weight", "χ: CES weight of compute in research", "H3: elasticity of research output to compute, μ·χ = 0.12 (0.11-0.25)", RESEARCH)
    research_returns: float = _number(0.4, 0.1, 0.8, "elasticity", "μ: returns to research input", "patents to R&D, 0.3-0.9 [Griliches 1990, J. Econ. Lit. 28(4); general knowledge, check]", RESEARCH)
    base_intensity: float = _number(0.20, 0.0, 2.0, "innovations/quarter", "λ₀: arrival rate at one unit of research input", "calibrated: about 0.05 innovations per firm and quarter", RESEARCH)
    innovation_value: float = _number(1.15, 0.0, 50.0, "quarters of revenue", "private value of an innovation", "calibrated: R&D of 2-4 % of value added [2.5 % of China's GDP in 2022]", RESEARCH)
    research_ceiling: float = _number(0.25, 0.0, 1.0, "fraction", "largest research budget, share of value added", "judgement", RESEARCH)
    talent_externality: float = _number(0.07, 0.0, 0.3, "elasticity", "ν: research productivity to talent in the city; 0 switches it off", "patents of inventors to the size of their cluster: 0.0676 [Moretti 2021, AER 111(10)], no effect in the correction of Wiebe (AER, comment); 0-0.15", RESEARCH)
    advantage_fading: float = _number(0.004, 0.0, 0.1, "1/quarter", "fading of the research conditions recovered from patents", "calibrated: E18, 25.3 % in 2014 and 23.4 % in 2016", RESEARCH)
    quality_step: float = _number(0.01, 0.0, 1.0, "log points", "γ: quality gain of an own innovation", "judgement, 0.005-0.05: most of the gain of an innovation spills over (docs/decisions.md)", RESEARCH)
    common_progress: float = _number(0.007, 0.0, 0.1, "log points/quarter", "growth of quality that is common to all firms: imitation and capital, which the model does not have", "judgement", RESEARCH)
    quality_shock: float = _number(0.02, 0.0, 0.5, "log points", "standard deviation of a firm's quarterly shock to quality (Laplace)", "judgement, 0.01-0.03: sales then grow with a standard deviation of 0.14 a year", RESEARCH)
    shock_chance: float = _number(0.3, 0.01, 1.0, "1/quarter", "chance that a shock hits a firm's quality", "calibrated: growth of sales over a year is Laplace [Bottazzi & Secchi 2006, RAND J. Econ. 37(2)]", RESEARCH)
    knowledge_spillover: float = _number(0.09, 0.0, 1.0, "log points/innovation", "gain of quality of all firms per innovation of a product line", "judgement: ten times the private gain, more than social over private returns to R&D, 55 over 21 % [Bloom, Schankerman & Van Reenen 2013, Econometrica 81(4)]", RESEARCH)
    size_volatility: float = _number(0.19, 0.0, 0.5, "elasticity", "β: fall of volatility with size", "0.15-0.20 [Stanley et al. 1996, Nature 379]", RESEARCH)
    harder_ideas: float = _number(1.1, 0.0, 5.0, "ratio", "ψ: fall of research productivity per log point of the frontier", "judgement, 0-2; the direction is that of Bloom, Jones, Van Reenen & Webb (2020), AER 110(4)", RESEARCH)
    compute_efficiency: float = _number(1.0, 0.01, 1000.0, "ratio", "work that algorithms get out of a unit of compute in research, to that of the first year", "judgement: 1 leaves progress of algorithms in that of cost; halving of compute for the same work takes 5-14 months [Ho et al. 2024, arXiv 2403.05812; general knowledge, check]", RESEARCH)

    # ── Adoption ─────────────────────────────────────────────────────────────────────────────────
    adoption_hazard: float = _number(0.12, 0.0, 1.0, "1/quarter", "largest chance of starting to work with compute", "judgement: a firm considers compute every two years", ADOPTION)
    abandonment_hazard: float = _number(0.04, 0.0, 1.0, "1/quarter", "largest chance of giving it up", "judgement", ADOPTION)
    choice_scale: float = _number(0.25, 0.005, 1.0, "log points", "scale of the logistic choice", "judgement", ADOPTION)
    adoption_base_cost: float = _number(0.2, -1.0, 1.0, "log points", "cost of adoption, base", "calibrated: less than 15 % of firms work with compute in 2005", ADOPTION)
    adoption_environment_cost: float = _number(0.12, 0.0, 1.0, "log points", "extra cost in the worst business environment", "judgement, 0.1-0.4", ADOPTION)
    adoption_peer_effect: float = _number(0.12, 0.0, 1.0, "log points", "cost cut when all firms of the city have adopted; 0 switches it off", "judgement", ADOPTION)
    adoption_size_cost: float = _number(0.01, 0.0, 0.5, "log points", "fixed cost that weighs on small firms; 0 switches it off", "judgement, 0-0.15", ADOPTION)
    digital_divide: float = _number(0.0, 0.0, 2.0, "log points", "extra cost of adoption in a city that is all countryside; 0 switches it off", "judgement, 0-0.3", ADOPTION)
    rural_access: float = _number(0.0, 0.0, 1.0, "fraction", "part of the divide that access of the countryside has closed", "judgement: 0 unless a scenario changes it", ADOPTION)
    rural_share_east: float = _number(0.29, 0.0, 1.0, "fraction", "people in the countryside in the east and northeast", "general knowledge, check: census of 2020, 29 % in the east", ADOPTION)
    rural_share_central: float = _number(0.41, 0.0, 1.0, "fraction", "people in the countryside in the centre", "general knowledge, check: census of 2020", ADOPTION)
    rural_share_west: float = _number(0.43, 0.0, 1.0, "fraction", "people in the countryside in the west", "general knowledge, check: census of 2020", ADOPTION)
    industries: float = _number(0.0, 0.0, 1.0, "0 or 1", "1 if firms belong to seven industries that differ in their compute", "design [document 003]", ADOPTION)

    # ── Incomes and people ───────────────────────────────────────────────────────────────────────
    labour_share: float = _number(0.45, 0.0, 0.8, "fraction", "share of production wages in value added", "labour share of China's national accounts, 0.5 with research [general knowledge, check]", INCOMES)
    local_services: float = _number(0.40, 0.0, 0.9, "fraction", "share of final demand that is spent on local services; 0: all demand is for goods", "non-traded services and construction [judgement, 0.3-0.5]", INCOMES)
    centre_local_share: float = _number(0.25, 0.0, 1.0, "fraction", "part of the cost of a centre that is paid in its city, to staff and builders; the rest buys power and equipment from the whole country", "judgement, 0.1-0.5: power and servers are most of the cost (G5, G16)", INCOMES)
    people_per_firm: float = _number(1.0, 1e-3, 1e6, "people/firm", "people per firm at the start: a unit of people", "normalisation", INCOMES)
    people_mobility: float = _number(0.01, 0.0, 0.5, "1/quarter", "share of people who reconsider where they live", "judgement, 0.005-0.03", INCOMES)
    migration_gradient: float = _number(0.026, 0.0, 0.1, "1/year", "growth of a city's people in the base year per log point of GDP per head", "E16", INCOMES)
    people_elasticity: float = _number(1.5, 0.0, 10.0, "elasticity", "κ: pull of real income on people", "F2: 1.5", INCOMES)
    rent_elasticity: float = _number(0.15, 0.0, 2.0, "elasticity", "ε: cost of living to people, through rents", "judgement: rents a fifth of spending × inverse supply elasticity of about 0.75 [Saiz 2010]", INCOMES)

    # ── Talent ───────────────────────────────────────────────────────────────────────────────────
    talent_per_firm: float = _number(0.075, 0.001, 10.0, "talent/firm", "skilled people per firm at the start: sets the level of wages", "normalisation: sets the level of wages", TALENT)
    talent_mobility: float = _number(0.03, 0.0, 0.5, "1/quarter", "share of talent that reconsiders its place of work; 0 switches M3 off", "judgement, 0.01-0.05", TALENT)
    wage_elasticity: float = _number(3.0, 0.0, 6.0, "elasticity", "κ: pull of the wage", "judgement, 1.5-4; F2 gives 1.5 for people", TALENT)
    home_reach: float = _number(120.0, 10.0, 1e5, "km", "distance from home over which readiness to move falls by 1/e", "judgement, 80-250", TALENT)
    wage_adjustment: float = _number(0.3, 0.0, 1.0, "exponent", "speed at which wages close the gap of payroll and talent", "judgement", TALENT)
    wage_floor: float = _number(0.1, 0.001, 1.0, "money", "lowest wage", "judgement", TALENT)

    home_premium: float = _number(1000.0, 1.0, 1e6, "ratio", "readiness to work in the home city, relative to an equal city next to it", "calibrated: a quarter of talent works away from home", TALENT)
    compute_pull: float = _number(0.1, 0.0, 5.0, "elasticity", "ψ: pull of cheap compute at hand on talent; 0 switches it off", "judgement, 0-2", TALENT)
    wage_gradient: float = _number(0.45, 0.0, 1.0, "elasticity", "wage of talent to GDP per head in the base year", "east-west wage ratio of 1.3 where GDP per head has 2.0 [E13b]", TALENT)
    training_lag: float = _number(0.0, 0.0, 80.0, "quarters", "mean time from the start of training to work; 0 switches training off", "judgement: 16 for a degree", TALENT)
    training_effort: float = _number(0.02, 0.0, 1.0, "fraction", "share of budget × attention that a city spends on training talent", "judgement: a tenth of public spending on education, which is a fifth of the budget", TALENT)

    # ── Government ───────────────────────────────────────────────────────────────────────────────
    tax_rate: float = _number(0.20, 0.0, 0.5, "fraction", "tax on value added", "general public revenue of China, about a fifth of GDP [general knowledge, check]", GOVERNMENT)
    redundancy_drain: float = _number(0.15, 0.0, 1.0, "fraction", "share of tax that full redundancy absorbs", "judgement", GOVERNMENT)
    surplus_share: float = _number(0.5, 0.0, 1.0, "fraction", "share of a centre's surplus that goes to its city", "judgement", GOVERNMENT)
    voucher_effort: float = _number(0.02, 0.0, 1.0, "fraction", "share of budget × attention spent on compute vouchers; 0 switches them off", "judgement", GOVERNMENT)
    voucher_ceiling: float = _number(0.4, 0.0, 0.9, "fraction", "largest share of a bill that a voucher pays", "judgement", GOVERNMENT)
    voucher_small_firms: float = _number(0.0, 0.0, 1.0, "0 or 1", "1 if vouchers are for small firms only", "design: the Shanghai rule for young users", GOVERNMENT)
    small_firm_size: float = _number(1.0, 0.0, 10.0, "ratio", "sales below which a firm counts as small, relative to the country's mean", "judgement", GOVERNMENT)
    voucher_local_supply: float = _number(0.0, 0.0, 1.0, "0 or 1", "1 if vouchers are valid only in centres of the firm's own province", "design: the Guizhou rule", GOVERNMENT)
    attention_speed: float = _number(0.08, 0.0, 1.0, "1/quarter", "adjustment of attention; 0 switches it off", "judgement, 0.02-0.15", GOVERNMENT)
    attention_floor: float = _number(0.1, 0.0, 1.0, "0-1", "attention without any digital industry", "judgement", GOVERNMENT)
    ip_speed: float = _number(0.05, 0.0, 1.0, "1/quarter", "adjustment of property-right protection; 0 switches it off", "judgement, 0.02-0.15", GOVERNMENT)
    ip_floor: float = _number(0.3, 0.0, 1.0, "0-1", "protection without any effort", "judgement", GOVERNMENT)
    ip_gain: float = _number(0.35, 0.0, 2.0, "0-1", "protection that means and attention can add", "judgement", GOVERNMENT)
    ip_half: float = _number(0.1, 0.001, 10.0, "innovations/firm/quarter", "innovation at which half of the gain is reached", "judgement", GOVERNMENT)
    digital_governance_speed: float = _number(0.10, 0.0, 1.0, "1/quarter", "adjustment of digital governance; 0 switches it off", "judgement, 0.02-0.15", GOVERNMENT)
    government_compute: float = _number(0.004, 0.0, 1.0, "fraction", "share of budget × attention that a city government spends on compute", "judgement", GOVERNMENT)
    government_work: float = _number(200.0, 0.0, 1e3, "ratio", "G: digital work per share of the budget spent on compute, at a price of 1", "judgement: digital governance is then about a third in 2020", GOVERNMENT)
    permit_friction: float = _number(1.8, 0.0, 5.0, "ratio", "delay of permits under full redundancy; 0 switches it off", "judgement, 0.5-2.5", GOVERNMENT)
    endowment_correlation: float = _number(0.6, 0.0, 0.95, "correlation", "of business environment, data openness (+) and redundancy (−) with size and wealth of a city", "judgement, 0-0.8", GOVERNMENT)

    # ── Data ─────────────────────────────────────────────────────────────────────────────────────
    data_elasticity: float = _number(0.03, 0.0, 0.6, "elasticity", "ξ: research productivity to data; 0 switches M8 off", "output to data, 0.03-0.10 [Jones & Tonetti 2020, AER 110(9); general knowledge, check]: the lower end", DATA)
    data_floor: float = _number(0.15, 0.01, 1.0, "data", "data that any firm has", "judgement", DATA)
    open_data_weight: float = _number(0.8, 0.0, 2.0, "data", "public data at full openness", "judgement", DATA)
    government_data_effort: float = _number(0.15, 0.0, 1.0, "data", "data that government opens at full means and attention", "judgement, 0-0.3", DATA)
    data_decay: float = _number(0.06, 0.001, 1.0, "1/quarter", "ageing of data", "judgement", DATA)
    data_per_compute: float = _number(2.0, 0.0, 50.0, "data/compute", "data left by 1 money of compute, in a country of 10,000 firms", "judgement: sets the unit of data", DATA)
    data_crowding: float = _number(0.0, 0.0, 1.0, "elasticity", "fall of usable data with the number of firms that share them; 0: data are non-rival", "switch: data are non-rival, and no estimate of crowding is known", DATA)
    hosted_data_share: float = _number(0.05, 0.0, 1.0, "fraction", "share of a visiting task's data that the host keeps", "judgement, 0-0.2: no source is known", DATA)
    data_exchange: float = _number(0.0, 0.0, 1.0, "0 or 1", "1 if data pass between cities", "design [document 001]", DATA)
    data_barrier: float = _number(1.0, 0.0, 1.0, "fraction", "part of another city's data that the barrier between two cities keeps out", "judgement: 1, nothing passes, unless a scenario changes it", DATA)
    treaty_barrier: float = _number(1.0, 0.0, 1.0, "fraction", "the same between cities of a province, which may have a treaty", "judgement: 1 unless a scenario changes it", DATA)
    data_rights: float = _number(1.0, 0.0, 5.0, "elasticity", "data that owners share to the protection of their rights; 0: they do not ask", "judgement", DATA)
    department_barrier: float = _number(0.0, 0.0, 1.0, "fraction", "part of public data that barriers between departments keep from use; 0 switches it off", "judgement: open_data_weight states what is usable, so 0", DATA)

    # ── Compute market ───────────────────────────────────────────────────────────────────────────
    cloud_start_price: float = _number(1.0, 0.1, 10.0, "money/compute", "price of the commercial cloud in the first reported quarter", "unit of compute", COMPUTE)
    progress_basic: float = _number(0.122, 0.0, 1.0, "1/year", "fall of the price of basic compute, log points", "calibrated: B1b and X12, 16.6 and 25-35 % a year of use", COMPUTE)
    progress_intelligent: float = _number(0.267, 0.0, 1.0, "1/year", "fall of the price of intelligent compute, log points", "calibrated: B2d, 33.9 % a year of use (27-41); performance per money alone doubles in 2.1-2.5 years, 0.28-0.33 a year", COMPUTE)
    progress_super: float = _number(0.22, 0.0, 1.0, "1/year", "fall of the price of supercomputing, log points", "as intelligent compute [judgement]", COMPUTE)
    deep_learning_pull: float = _number(0.15, 0.0, 20.0, "ratio", "rise in the demand for intelligent compute with the techniques of 2012", "judgement", COMPUTE)
    language_model_pull: float = _number(0.1, 0.0, 20.0, "ratio", "further rise with the techniques of 2022", "judgement", COMPUTE)
    cloud_supply: float = _number(3.0, 0.1, 1e3, "elasticity", "supply of the cloud to its price within a quarter", "judgement, 1-10", COMPUTE)
    cloud_building: float = _number(0.15, 0.0, 1.0, "1/quarter", "share of the gap between demand and capacity that the cloud closes", "judgement: G17, a year and a half", COMPUTE)
    green_share_east: float = _number(0.25, 0.0, 1.0, "fraction", "green power in the east and northeast", "general knowledge, check: non-fossil share of generation", COMPUTE)
    green_share_central: float = _number(0.30, 0.0, 1.0, "fraction", "green power in the centre", "general knowledge, check", COMPUTE)
    green_share_west: float = _number(0.50, 0.0, 1.0, "fraction", "green power in the west", "general knowledge, check: hydropower of the southwest, wind and sun of the northwest", COMPUTE)
    service_cost: float = _number(0.335, 0.0, 5.0, "money/compute", "marginal cost other than electricity", "judgement: 0.4-0.7 of the cloud's first price with electricity; split by G5", COMPUTE)
    electricity_use: float = _number(0.372, 0.0, 5.0, "money/compute per CNY/kWh", "electricity per unit of compute", "G5: electricity 30-50 % of operating cost", COMPUTE)
    power_usage_effectiveness: float = _number(1.25, 1.0, 3.0, "ratio", "PUE", "G6: 1.04-1.5", COMPUTE)
    electricity_east: float = _number(0.57, 0.05, 3.0, "CNY/kWh", "power price in the east and northeast", "G3", COMPUTE)
    electricity_central: float = _number(0.50, 0.05, 3.0, "CNY/kWh", "power price in the centre", "judgement, between G2 and G3", COMPUTE)
    electricity_west: float = _number(0.39, 0.05, 3.0, "CNY/kWh", "power price in the west", "G2", COMPUTE)
    target_utilisation: float = _number(0.8, 0.1, 0.99, "fraction", "utilisation that the price rule aims at", "judgement, 0.7-0.85", COMPUTE)
    price_adjustment: float = _number(0.15, 0.0, 1.0, "1/quarter", "response of the log price to utilisation − target", "judgement", COMPUTE)
    price_fall: float = _number(0.10, 0.0, 1.0, "log points", "largest fall in a quarter", "judgement", COMPUTE)
    price_rise: float = _number(0.15, 0.0, 1.0, "log points", "largest rise in a quarter", "judgement", COMPUTE)
    opening_discount: float = _number(0.2, 0.0, 0.9, "fraction", "introductory price below the commercial cloud's", "judgement", COMPUTE)
    tender_rate: float = _number(0.25, 0.01, 1.0, "1/quarter", "share of contracts that is tendered", "judgement: contracts of a year", COMPUTE)
    maximum_load: float = _number(0.95, 0.1, 1.0, "fraction", "load up to which a centre signs new contracts", "judgement", COMPUTE)
    remote_access: float = _number(1.0, 0.0, 1.0, "0 or 1", "1 if centres sell to other cities; 0 switches remote service off", "switch", COMPUTE)
    interoperability_friction: float = _number(0.5, 0.0, 2.0, "ratio", "extra compute that a remote purchase needs for lack of common units and interfaces", "judgement, 0-0.8 [document 001]", COMPUTE)
    latency_penalty_basic: float = _number(0.02, 0.0, 0.5, "1/10 ms", "cost of latency, basic compute", "judgement", COMPUTE)
    latency_penalty_intelligent: float = _number(0.06, 0.0, 0.5, "1/10 ms", "cost of latency, intelligent compute", "judgement", COMPUTE)
    latency_penalty_super: float = _number(0.005, 0.0, 0.5, "1/10 ms", "cost of latency, supercomputing", "judgement", COMPUTE)
    real_time_share_basic: float = _number(0.4, 0.0, 1.0, "fraction", "share of real-time work in basic compute; 0 switches the class off", "judgement: real-time work computes in the east, batch work may go west [document 003, G12]", COMPUTE)
    real_time_share_intelligent: float = _number(0.3, 0.0, 1.0, "fraction", "the same for intelligent compute: online inference", "judgement", COMPUTE)
    real_time_share_super: float = _number(0.0, 0.0, 1.0, "fraction", "the same for supercomputing: simulations are batch work", "judgement", COMPUTE)
    real_time_limit: float = _number(5.0, 0.0, 1e3, "ms", "one-way latency within which real-time work must be answered", "G10: the 5 ms circle of a hub", COMPUTE)
    batch_limit: float = _number(1e3, 0.0, 1e3, "ms", "one-way latency within which batch work must be answered", "design: no limit in practice", COMPUTE)
    dedicated_gain: float = _number(0.25, 0.0, 2.0, "fraction", "extra work that a dedicated centre does for its industry, compared with a general-purpose one", "judgement; document 001 has no figure", COMPUTE)
    exchange: float = _number(0.0, 0.0, 1.0, "0 or 1", "1 if compute is traded on an exchange with one price for each service; 0: by tender", "design [document 001: cross-region trading]", COMPUTE)
    exchange_fee: float = _number(0.02, 0.0, 0.5, "fraction", "the exchange's share of the turnover", "judgement", COMPUTE)
    ask_markup: float = _number(0.05, 0.0, 2.0, "fraction", "markup on marginal cost below which a centre does not sell on the exchange", "judgement", COMPUTE)
    queue_cost: float = _number(0.01, 0.0, 1.0, "ratio", "weight of waiting u²/(1−u)", "judgement", COMPUTE)
    capacity_scale: float = _number(1.0, 0.0, 100.0, "ratio", "capacity of every centre relative to its own", "design", COMPUTE)
    capacity_growth_basic: float = _number(0.154, 0.0, 1.0, "1/year", "growth of the capacity of a standard centre of basic compute, log points", "B1: 54.5 EFLOPS in 2022, 117.3 in 2027", COMPUTE)
    capacity_basic: float = _number(6.5, 0.0, 1e6, "compute/quarter", "capacity in 2022 of a standard centre of basic compute (6 EFLOPS), per 10,000 firms", "calibrated: G14, use of hubs of 0.63", COMPUTE)
    capacity_growth_intelligent: float = _number(0.292, 0.0, 1.0, "1/year", "growth of the capacity of a standard centre of intelligent compute, log points", "B2: a third a year", COMPUTE)
    capacity_intelligent: float = _number(4.4, 0.0, 1e6, "compute/quarter", "capacity in 2022 of a standard AI centre (0.3 EFLOPS), per 10,000 firms", "calibrated: G13, use of 0.3", COMPUTE)
    capacity_growth_super: float = _number(0.292, 0.0, 1.0, "1/year", "growth of the capacity of a standard centre of supercomputing, log points", "B2: a third a year", COMPUTE)
    capacity_super: float = _number(9.1, 0.0, 1e6, "compute/quarter", "capacity in 2022 of a standard supercomputing centre (0.3 EFLOPS), per 10,000 firms", "calibrated: G13, use of 0.3", COMPUTE)
    traffic_basic: float = _number(1.0, 0.0, 1e6, "Tbit/s per compute", "traffic of a unit of remote basic compute in the first reported quarter, for 10,000 firms", "judgement: tasks stay well below the 16 % of backbone that all traffic uses (G11)", COMPUTE)
    traffic_intelligent: float = _number(1.0, 0.0, 1e6, "Tbit/s per compute", "traffic of a unit of remote intelligent compute in the first reported quarter", "judgement: tasks stay well below the 16 % of backbone that all traffic uses (G11)", COMPUTE)
    traffic_super: float = _number(1.0, 0.0, 1e6, "Tbit/s per compute", "traffic of a unit of remote supercomputing in the first reported quarter", "judgement: tasks stay well below the 16 % of backbone that all traffic uses (G11)", COMPUTE)
    physical_ai_pull: float = _number(0.0, 0.0, 20.0, "ratio", "rise in the demand for intelligent compute with physical AI (robots, vehicles); 0 switches it off", "judgement", COMPUTE)
    physical_ai_year: float = _number(2027.0, 1900.0, 2300.0, "year", "year in which physical AI arrives; its demand is half of its full size two years later", "judgement: fourth of the stages of document 002", COMPUTE)
    chip_cutoff: float = _number(0.0, 0.0, 2300.0, "year", "year from which the best chips are rationed; 0 switches it off", "scenario chip_controls: 2022Q4, rules of 7 October 2022", COMPUTE)
    chip_imports: float = _number(0.4, 0.0, 1.0, "fraction", "part of advanced compute for which the best chips may still be had", "judgement, 0.2-0.7", COMPUTE)
    chip_penalty: float = _number(1.0, 0.0, 20.0, "ratio", "extra cost of work on domestic chips when they are new", "judgement, 0.5-2", COMPUTE)
    chip_learning: float = _number(0.32, 0.0, 2.0, "elasticity", "fall of that extra cost with all that was computed on them", "judgement: 20 % a doubling, the usual learning curve [Argote & Epple 1990, Science 247; general knowledge, check]", COMPUTE)
    power_market: float = _number(0.0, 0.0, 1.0, "0 or 1", "1 if the price of power answers to load, and flexible work uses curtailed power", "design [document 001]", COMPUTE)
    power_response: float = _number(1.0, 0.0, 20.0, "elasticity", "price of power to the load of a grid", "judgement, 0.3-3: inverse elasticity of supply", COMPUTE)
    power_intensity: float = _number(0.0717, 0.001, 1.0, "kWh/CNY", "other load of a grid per GDP of its cities", "8.64 PWh and 120.5 trillion CNY in 2022 [general knowledge, check]", COMPUTE)
    flexible_share: float = _number(0.3, 0.0, 1.0, "fraction", "part of batch work that can wait for wind and sun", "judgement, 0.1-0.5", COMPUTE)
    curtailment_east: float = _number(0.001, 0.0, 0.5, "fraction", "curtailed wind and sun, to all power, in the east and northeast", "judgement: 3 % of their power", COMPUTE)
    curtailment_central: float = _number(0.003, 0.0, 0.5, "fraction", "the same in the centre", "judgement: 3 % of their power", COMPUTE)
    curtailment_west: float = _number(0.012, 0.0, 0.5, "fraction", "the same in the west", "judgement: 6 % of wind and sun, which are a fifth of power", COMPUTE)
    curtailed_price: float = _number(0.3, 0.0, 1.0, "ratio", "price of curtailed power, to the usual price", "judgement", COMPUTE)
    certificate_quota: float = _number(0.0, 0.0, 1.0, "fraction", "part of a centre's power that must be green, by certificates if need be", "scenario power_dispatch: 0.8, the rule for new centres of hubs from 2025 [general knowledge, check]; 0 otherwise, design", COMPUTE)
    green_certificate_price: float = _number(0.02, 0.0, 5.0, "CNY/kWh", "price of a green certificate", "judgement, 0.005-0.05: prices of 2022-24", COMPUTE)
    carbon_account: float = _number(0.0, 0.0, 1.0, "0 or 1", "1 if carbon of centres is counted", "design", COMPUTE)
    fossil_intensity: float = _number(0.83, 0.0, 3.0, "kg/kWh", "CO2 of power that is not green", "Ministry of Ecology and Environment and National Bureau of Statistics, 20 December 2024, for 2022", COMPUTE)
    embodied_emissions: float = _number(0.15, 0.0, 5.0, "kg/CNY", "CO2 of making servers and buildings, to their cost", "judgement, 0.05-0.3: input-output factors of electronics and construction", COMPUTE)
    edge_ring: float = _number(0.0, 0.0, 1000.0, "ms", "one-way latency within which an edge centre works; 0 switches edge centres off", "scenario edge_centres: 1 ms, a city and its outskirts [document 001, G10]", COMPUTE)
    peak_load: float = _number(0.0, 0.0, 50.0, "ratio", "what the peak adds to the real-time work of a city, to its mean; 0 switches peaks off", "judgement: 2-9; Double 11", COMPUTE)
    peak_correlation: float = _number(0.5, 0.0, 1.0, "correlation", "ρ: of the peaks of two cities; 1: all at once, as on Double 11", "judgement, 0.2-1", COMPUTE)
    peak_time: float = _number(0.02, 0.0, 0.5, "fraction", "part of a quarter that is peak", "judgement: two days", COMPUTE)
    surge_price: float = _number(1.0, 0.0, 20.0, "ratio", "what the cloud adds to its price in the peak", "judgement", COMPUTE)
    cloud_reserve: float = _number(0.05, 0.0, 10.0, "ratio", "free capacity of the cloud in the peak, to all of it", "judgement", COMPUTE)
    consumer_haste: float = _number(0.5, 0.0, 2.0, "ratio", "rise of real-time work with the part of compute that serves consumers", "judgement", COMPUTE)

    # ── Building of centres ──────────────────────────────────────────────────────────────────────
    building_slots: int = _number(0, 0, 2000, "centres", "centres that can be built in a run; 0 switches building off", "design", BUILDING)
    building_start: float = _number(20.0, -400.0, 1000.0, "quarter", "first quarter in which centres may be ordered, counted from the first reported one", "design: 2010, the year of the first operating centre", BUILDING)
    building_lag: float = _number(5.0, 1.0, 40.0, "quarters", "from order to opening", "G17: 273 days to 4 years", BUILDING)
    building_effort: float = _number(0.005, 0.0, 0.5, "fraction", "share of its free budget that a city sets aside for centres; 0 keeps cities from building", "judgement: a quarter of the spending on vouchers at full attention", BUILDING)
    forecast_weight: float = _number(0.5, 0.01, 1.0, "fraction", "weight of the last year in a city's forecast of demand", "judgement", BUILDING)
    optimism: float = _number(0.15, -0.5, 5.0, "fraction", "growth that a city adds to observed demand", "document 003: intelligent compute grows by a third a year; half of it is assumed here [judgement]", BUILDING)
    yardstick: float = _number(0.3, 0.0, 2.0, "fraction", "share of the lead of similar cities of the province that a city wants to close; 0 switches it off", "judgement, 0.2-0.5 [Yu, Zhou & Zhu 2016]", BUILDING)
    smallest_centre: float = _number(0.05, 0.001, 1.0, "ratio", "smallest centre that is built, relative to a standard one", "judgement", BUILDING)
    centre_cost: float = _number(1.5, 0.01, 100.0, "money per compute/quarter", "cost of a unit of capacity in the first reported quarter; it falls with progress", "judgement: paid back in three to five years at the target use", BUILDING)
    capital_charge: float = _number(0.06, 0.0, 1.0, "1/quarter", "depreciation and interest on the cost", "judgement: depreciation of 0.20 a year (five years' life) and interest of 0.04", BUILDING)
    grant_rate: float = _number(0.0, 0.0, 0.95, "fraction", "share of the cost of a centre that the state pays; 0 switches grants off", "design", BUILDING)
    grants_to_hubs: float = _number(0.0, 0.0, 1.0, "0 or 1", "1 if grants are for hub cities only", "design", BUILDING)
    hubs_only: float = _number(0.0, 0.0, 1.0, "0 or 1", "1 if centres may be built in hub cities only", "the rule of 2023 on new large centres [peers: NDRC 2023-12]", BUILDING)
    programme_share: float = _number(0.0, 0.0, 2.0, "fraction", "share of the cloud's batch work for which the state orders centres in hubs; 0 switches the programme off", "design; at least 60 % of new capacity is to go to the hubs [rule of 2023-12]", BUILDING)
    entrants_a_year: float = _number(2.0, 0.0, 50.0, "centres/year", "largest number of providers that enter in a year, for each kind; 0 switches entry off", "judgement", BUILDING)
    entry_hurdle: float = _number(0.25, -1.0, 10.0, "1/year", "expected return on investment below which no provider enters", "judgement: the cost of capital, 0.24 a year", BUILDING)
    debt_limit: float = _number(0.5, 0.0, 100.0, "ratio", "losses, relative to the cost, at which a private centre closes", "judgement", BUILDING)
    soft_budget: float = _number(4.0, 1.0, 1e6, "ratio", "losses at which a city closes its own centre, relative to a lender's limit", "judgement; soft budget constraint [Kornai 1986]", BUILDING)

    # ── Institutions of the compute market, off by default ──────────────────────────────────────
    scheduler_error: float = _number(0.0, 0.0, 2.0, "log points", "standard deviation of the error with which a scheduler sees prices; 0 switches the scheduler off", "judgement, 0.02-0.5", INSTITUTIONS)
    scheduler_skill: float = _number(0.0, 0.0, 1.0, "fraction", "part of its error that the scheduler has learned to avoid", "judgement: 0 unless a scenario changes it", INSTITUTIONS)
    scheduler_balance: float = _number(0.1, 0.0, 5.0, "log points", "weight of a centre's load in the scheduler's aim", "judgement", INSTITUTIONS)
    carriage_fee: float = _number(0.0, 0.0, 1.0, "fraction", "price of carriage, to the price of compute that is sold to another city; 0 switches the builder of the network off", "judgement, 0.02-0.2", INSTITUTIONS)
    link_fill: float = _number(0.7, 0.05, 1.0, "fraction", "load of a link above which it is widened", "judgement: the usual trigger of upgrades, 0.5-0.8", INSTITUTIONS)
    link_cost: float = _number(0.001, 1e-6, 1e6, "money per Tbit/s", "cost of capacity of a link in the first reported quarter", "judgement: some 65 million CNY, as national product is 460 money a quarter", INSTITUTIONS)
    link_growth: float = _number(0.1, 0.0, 1.0, "1/quarter", "largest growth of a link", "judgement", INSTITUTIONS)
    rival_platform: float = _number(0.0, 0.0, 1.0, "0 or 1", "1 if two exchanges compete; 0: there is one", "design [document 001]", INSTITUTIONS)
    platform_aim: float = _number(0.6, 0.5, 1.0, "fraction", "part of the turnover that each organiser aims at", "judgement", INSTITUTIONS)
    platform_response: float = _number(0.1, 0.0, 2.0, "1/quarter", "response of the log fee to the turnover missed", "judgement", INSTITUTIONS)
    platform_cost: float = _number(0.25, 0.01, 1.0, "ratio", "cost of an exchange, to its first fee: no fee falls below", "judgement", INSTITUTIONS)
    platform_listing: float = _number(0.01, 0.0, 1.0, "fraction", "cost of listing on a second platform, to the capital cost of the centre", "judgement", INSTITUTIONS)
    lender_leverage: float = _number(0.0, 0.0, 50.0, "ratio", "loans to builders that a lender may have, to its equity; 0 switches the lender off", "scenario compute_lender: 8, the capital requirement of banks, an eighth [general knowledge, check]", INSTITUTIONS)
    lender_capital: float = _number(2e-4, 1e-6, 1.0, "ratio", "largest equity of the lender, to the country's quarterly product", "judgement: loans for all centres then use about half of it", INSTITUTIONS)
    loan_share: float = _number(0.7, 0.0, 1.0, "fraction", "part of a centre's cost that is borrowed", "judgement, 0.5-0.8", INSTITUTIONS)
    loan_margin: float = _number(0.02, 0.0, 0.5, "1/year", "margin of the lender over the rate at which it borrows", "net interest margin of China's banks, about 0.02 [general knowledge, check]", INSTITUTIONS)
    loan_recovery: float = _number(0.4, 0.0, 1.0, "fraction", "part of a failed builder's loan that is recovered", "judgement, 0.2-0.6", INSTITUTIONS)
    credit_slope: float = _number(0.03, 0.0, 5.0, "1/year", "premium when half of the lender's room is used", "judgement", INSTITUTIONS)
    consulting: float = _number(0.0, 0.0, 1.0, "log points", "cut in the cost of adoption by consultants who have served all firms; 0 switches consulting off", "judgement, 0-0.2", INSTITUTIONS)
    market_power: float = _number(0.0, 0.0, 0.99, "fraction", "part of the gap to a city's next best offer that its cheapest provider takes; 0 switches discrimination off", "judgement", INSTITUTIONS)
    regulator: float = _number(0.0, 0.0, 1.0, "0 or 1", "1 if a regulator watches the compute market", "design [document 001]", INSTITUTIONS)
    concentration_limit: float = _number(0.18, 0.0, 1.0, "fraction", "Herfindahl index of the centres' sales above which the regulator acts", "merger guidelines of the United States, 2023: above 0.18 a market is highly concentrated", INSTITUTIONS)
    markup_limit: float = _number(0.1, 0.0, 10.0, "fraction", "mark-up over full cost above which it acts, and its ceiling", "judgement", INSTITUTIONS)
    standard_year: float = _number(0.0, 0.0, 2300.0, "year", "year from which centres are registered in common units; 0 switches the spread of common units off", "scenario open_standard: 2024.5, the platform of 2024 [document 001]", INSTITUTIONS)
    standard_effect: float = _number(0.8, 0.0, 1.0, "fraction", "part of the friction that is saved between a city and a centre in common units", "judgement: friction of 0.1 in place of 0.5, as of the exchange", INSTITUTIONS)
    standard_cost: float = _number(0.05, 0.0, 5.0, "ratio", "cost of joining, as a part of the price of compute", "judgement", INSTITUTIONS)
    standard_hazard: float = _number(0.1, 0.0, 1.0, "1/quarter", "chance of joining where it pays", "judgement", INSTITUTIONS)
    construction_capacity: float = _number(0.0, 0.0, 1000.0, "centres/quarter", "standard centres that builders finish in a quarter, at first; 0 switches the construction sector off", "judgement", INSTITUTIONS)
    construction_growth: float = _number(0.05, 0.0, 1.0, "1/quarter", "part of the gap to what is on order that builders close", "judgement", INSTITUTIONS)
    construction_elasticity: float = _number(0.5, 0.0, 5.0, "elasticity", "price of building to the backlog", "judgement, 0.3-1", INSTITUTIONS)
    tariff: float = _number(0.0, 0.0, 2.0, "fraction", "part of capital cost that a regulated tariff in two parts recovers, as for water and power; 0: providers set their prices", "design [document 001]", INSTITUTIONS)
    tariff_floor: float = _number(0.8, 0.01, 1.0, "fraction", "use on which the standing charge is spread at least", "judgement: the target use", INSTITUTIONS)
    retail_margin: float = _number(0.0, 0.0, 1.0, "fraction", "margin of retailers of compute; 0: there are none", "judgement, 0.05-0.2", INSTITUTIONS)
    retail_service: float = _number(0.6, 0.0, 1.0, "fraction", "part of the friction that a retailer saves", "judgement", INSTITUTIONS)
    tax_relief: float = _number(0.0, 0.0, 1.0, "fraction", "part of the city's share in its profit that a young private centre is spared; 0: no relief", "design", INSTITUTIONS)
    tax_holiday: float = _number(20.0, 0.0, 400.0, "quarters", "age up to which it is", "five years: two free and three at half are usual [general knowledge, check]", INSTITUTIONS)

    # ── Entry, exit, relocation ──────────────────────────────────────────────────────────────────
    entry_rate: float = _number(0.037, 0.0, 1.0, "1/quarter", "chance that a free founder starts a firm, at average conditions", "calibrated: firm numbers stay near the start", FIRMS)
    entry_elasticity: float = _number(0.7, 0.0, 2.0, "elasticity", "entry to expected sales", "judgement", FIRMS)
    exit_rate: float = _number(0.0125, 0.0, 1.0, "1/quarter", "chance that a firm of average sales closes", "about 8 % a year [general knowledge, check]", FIRMS)
    entry_gap: float = _number(0.4, 0.0, 3.0, "log points", "quality by which entrants are below a firm of average supply", "entrants sell a fifth of the average [general knowledge, check]", FIRMS)
    exit_hump: float = _number(1.0, 0.0, 10.0, "ratio", "rise of the chance of closing in a firm's third year", "exits peak in year 3 [judgement]", FIRMS)
    exit_elasticity: float = _number(0.25, 0.0, 2.0, "elasticity", "exit to low sales", "judgement: small firms close more often", FIRMS)
    relocation_rate: float = _number(0.002, 0.0, 1.0, "1/quarter", "largest chance of moving to the customer's city; 0 switches it off", "judgement", FIRMS)
    relocation_cost: float = _number(0.5, 0.0, 5.0, "log points", "cost of moving", "judgement", FIRMS)
    relocation_scale: float = _number(0.2, 0.01, 5.0, "log points", "scale of the logistic choice", "judgement", FIRMS)
    task_seeding: float = _number(0.0, 0.0, 10.0, "ratio", "rise of entry where all compute is done for visitors; 0 switches it off", "judgement; document 001 has no figure", FIRMS)

    # ── Closed economy ───────────────────────────────────────────────────────────────────────────
    closed_economy: int = _number(0, 0, 1, "0 or 1", "1 makes the single city a closed economy, which replaces all regional mechanisms", "document 003, appendix", CLOSED)
    closed_capital_share: float = _number(0.35, 0.1, 0.45, "elasticity", "α: output to capital", "judgement; up to 0.45, so that services keep a tenth", CLOSED)
    closed_compute_share: float = _number(0.40, 0.1, 0.45, "elasticity", "β: output to compute used directly", "judgement; up to 0.45, so that services keep a tenth", CLOSED)
    closed_service_compute: float = _number(1.5, 0.1, 10.0, "compute/service", "η: compute capital per unit of services a year", "judgement", CLOSED)
    closed_compute_investment: float = _number(0.4, 0.01, 0.99, "fraction", "τ: share of investment that goes to compute", "judgement", CLOSED)
    closed_depreciation: float = _number(0.05, 0.0, 0.5, "1/year", "δ: depreciation of both kinds of capital", "judgement", CLOSED)
    closed_discount_rate: float = _number(0.03, 0.0, 0.5, "1/year", "ρ: discount rate of households", "judgement", CLOSED)
    closed_risk_aversion: float = _number(2.0, 0.5, 20.0, "elasticity", "σ: of marginal utility to consumption", "judgement", CLOSED)
    closed_productivity: float = _number(0.6, 0.01, 10.0, "goods/year", "A: total factor productivity", "judgement: growth of a few percent a year", CLOSED)
    closed_external_effect: float = _number(0.0, 0.0, 1.0, "elasticity", "e: work of capital to the economy's compute; 0 is the constant that balanced growth needs, 1 the printed equation", "judgement", CLOSED)
    closed_initial_capital: float = _number(1.0, 1e-3, 1e3, "capital", "K at the start", "normalisation", CLOSED)
    closed_initial_compute: float = _number(1.0, 1e-3, 1e3, "compute", "H_T at the start", "normalisation", CLOSED)
    closed_initial_rented: float = _number(0.5, 0.01, 0.99, "fraction", "share of compute that the provider rents at the start", "judgement: far from its final value", CLOSED)
    closed_initial_markup: float = _number(2.0, 1.01, 20.0, "ratio", "price over cost that the provider starts with", "judgement: far from its final value", CLOSED)
    closed_price_trial: float = _number(1e-4, 1e-5, 0.05, "log points", "distance between the provider's price and the two that it tries", "judgement: the mark-up is then found to about 1e-8", CLOSED)
    closed_bid_adjustment: float = _number(0.05, 0.0, 0.1, "exponent", "response of the provider's bid for compute to a shortage; above 0.1 it oscillates if demand is elastic", "judgement", CLOSED)
    closed_arbitrage: float = _number(0.1, 0.0, 0.3, "exponent", "response of the allocation of compute to the ratio of rentals; 0 switches it off", "judgement", CLOSED)
    closed_input_adjustment: float = _number(0.2, 0.0, 1.0, "exponent", "response of a firm's inputs to their marginal product over their rental; 0 switches it off", "judgement", CLOSED)
    closed_saving_adjustment: float = _number(0.5, 0.0, 1.0, "ratio", "response of consumption per wealth to growth above the desired rate; 0 switches it off", "judgement", CLOSED)

    # fmt: on

    @model_validator(mode="before")
    @classmethod
    def _known_names(cls, given: Any) -> Any:
        if isinstance(given, dict):
            for name in given:
                if name not in cls.model_fields:
                    raise ParameterError(unknown_parameter(str(name), cls))
        return given

    @classmethod
    def checked(cls, **values: float) -> Parameters:
        """Return parameters with these values. Raises ParameterError, one sentence for each mistake."""
        given: dict[str, Any] = dict(values)
        try:
            return cls(**given)
        except ValidationError as error:
            raise ParameterError("; ".join(sentence(item, cls) for item in error.errors())) from None

    def changed(self, **values: float) -> Parameters:
        """Return a copy with some values changed, checked like new ones."""
        return type(self).checked(**{**self.model_dump(), **values})

    def numbers(self) -> dict[str, float]:
        """Return all values by name, as the engine reads them."""
        return {name: float(value) for name, value in self.model_dump().items()}


def parameter_rows(
    table: type[Parameters] = Parameters, names: Iterable[str] | None = None
) -> list[ParameterRow]:
    """Return ``describe`` of all parameters, or of those named, in order."""
    return [describe(name, table) for name in (table.model_fields if names is None else names)]


def describe(name: str, table: type[Parameters] = Parameters) -> ParameterRow:
    """Return default, range, unit, meaning, source and group of one parameter, as plain values.

    ``table``: the class of parameters; that of an ``Extended`` model includes those of extensions.
    """
    return description(name, table)
