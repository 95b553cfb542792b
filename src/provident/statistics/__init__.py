"""Agreement, accuracy and control charts, as published: usable in a notebook.

    from provident.statistics import kappa, icc

    kappa(reader_a, reader_b, weights="quadratic")

Each function names its source; each answer is a frozen value with estimate, standard error,
interval, method and number of cases. Bad input raises `InvalidInput` in words. Cases are rows,
readers are columns. Chance is an argument: `Bootstrap(rng=numpy.random.default_rng(7))`.
"""

from provident.statistics import charts as charts
from provident.statistics import mrmc as mrmc
from provident.statistics.disagreement import Overruling as Overruling
from provident.statistics.disagreement import ReaderRates as ReaderRates
from provident.statistics.disagreement import reader_disagreement as reader_disagreement
from provident.statistics.icc import FORMS as FORMS
from provident.statistics.icc import icc as icc
from provident.statistics.icc import icc_forms as icc_forms
from provident.statistics.kappa import kappa as kappa
from provident.statistics.kappa import kappa_of_table as kappa_of_table
from provident.statistics.krippendorff import krippendorff as krippendorff
from provident.statistics.limits import LimitsOfAgreement as LimitsOfAgreement
from provident.statistics.limits import limits_of_agreement as limits_of_agreement
from provident.statistics.limits import repeated_limits as repeated_limits
from provident.statistics.mrmc import ReadStudy as ReadStudy
from provident.statistics.mrmc import dorfman_berbaum_metz as dorfman_berbaum_metz
from provident.statistics.mrmc import mrmc_cases as mrmc_cases
from provident.statistics.mrmc import mrmc_power as mrmc_power
from provident.statistics.mrmc import obuchowski_rockette as obuchowski_rockette
from provident.statistics.mrmc import read_study as read_study
from provident.statistics.mrmc import u_statistic as u_statistic
from provident.statistics.ratios import clustered_ratio as clustered_ratio
from provident.statistics.ratios import (
    compare_clustered_ratios as compare_clustered_ratios,
)
from provident.statistics.reader_pairs import fleiss_by_category as fleiss_by_category
from provident.statistics.reader_pairs import light_kappa as light_kappa
from provident.statistics.reader_pairs import percent_agreement as percent_agreement
from provident.statistics.readers import agreement as agreement
from provident.statistics.readers import brennan_prediger as brennan_prediger
from provident.statistics.readers import conger_kappa as conger_kappa
from provident.statistics.readers import fleiss_kappa as fleiss_kappa
from provident.statistics.readers import gwet_ac as gwet_ac
from provident.statistics.repeatability import repeatability as repeatability
from provident.statistics.repeatability import (
    smallest_detectable_change as smallest_detectable_change,
)
from provident.statistics.resampling import Bootstrap as Bootstrap
from provident.statistics.roc import auc as auc
from provident.statistics.roc import auc_covariance as auc_covariance
from provident.statistics.roc import compare_auc as compare_auc
from provident.statistics.roc import compare_unpaired_auc as compare_unpaired_auc
from provident.statistics.roc import proportion as proportion
from provident.statistics.roc import roc_curve as roc_curve
from provident.statistics.roc import sensitivity as sensitivity
from provident.statistics.roc import specificity as specificity
from provident.statistics.sample_size import KappaSize as KappaSize
from provident.statistics.sample_size import kappa_cases as kappa_cases
from provident.statistics.sample_size import (
    kappa_goodness_of_fit_cases as kappa_goodness_of_fit_cases,
)
from provident.statistics.sample_size import (
    kappa_precision_cases as kappa_precision_cases,
)
from provident.statistics.values import Estimate as Estimate
