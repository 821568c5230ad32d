/* The reduced economy in C: the yardstick of the benchmark.
 *
 * Short loops over blocks of firms (gather, arithmetic, draws, scatter) that the compiler vectorises, with the
 * vector functions of glibc (libmvec) for exp and pow. What belongs to a city is computed once for each city.
 * Numbers of the model arrive as macros from benchmarks/tools/reduced_economy.py.
 * -ffast-math is not used: as a shared library it would set flush-to-zero for the whole process.
 */
#include <math.h>
#include <stdint.h>

/* glibc offers the vector forms under -ffast-math only; declared here, they serve without it. */
__attribute__((simd("notinbranch"))) double exp(double);
__attribute__((simd("notinbranch"))) double pow(double, double);

/* --- model --- */
#define BLOCK 1024
_Static_assert(CITIES % 4 == 0, "cities_step takes four columns at a time");
#define GOLDEN UINT64_C(0x9E3779B97F4A7C15)

static inline uint64_t mix(uint64_t bits) {
    bits = (bits ^ (bits >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    bits = (bits ^ (bits >> 27)) * UINT64_C(0x94D049BB133111EB);
    return bits ^ (bits >> 31);
}

static inline double uniform(uint64_t key, int64_t identity) {
    return (double)(int64_t)(mix(key + (uint64_t)(identity + 1) * GOLDEN) >> 11) * 0x1p-53;
}

static void firms_step(int64_t firms, uint64_t key, const int32_t *restrict city,
                       double *restrict productivity, double *restrict capital,
                       const double *restrict absorption, const double *restrict price,
                       const double *restrict availability, const double *restrict reach,
                       double *restrict city_output, double *restrict city_innovations) {
    double paid[BLOCK], available[BLOCK], reached[BLOCK], chance[BLOCK], success[BLOCK], output[BLOCK];
    for (int64_t first = 0; first < firms; first += BLOCK) {
        const int count = firms - first < BLOCK ? (int)(firms - first) : BLOCK;
        const int32_t *restrict c = city + first;
        double *restrict A = productivity + first, *restrict K = capital + first;
        const double *restrict a = absorption + first;
        for (int i = 0; i < count; i++) {
            paid[i] = price[c[i]];
            available[i] = availability[c[i]];
            reached[i] = reach[c[i]];
        }
#pragma omp simd
        for (int i = 0; i < count; i++) {
            const double wanted = COMPUTE_SHARE * K[i] / paid[i];
            const double compute = wanted < available[i] ? wanted : available[i];
            chance[i] = 1.0 - exp(-(reached[i] * pow(1.0 + compute, COMPUTE_POWER) * a[i]));
        }
#pragma omp simd
        for (int i = 0; i < count; i++)
            success[i] = uniform(key, first + i) < chance[i] ? 1.0 : 0.0;
#pragma omp simd
        for (int i = 0; i < count; i++) {
            A[i] = success[i] > 0.0 ? A[i] * GAIN : A[i];
            output[i] = A[i] * pow(K[i], CAPITAL_POWER);
            K[i] = KEPT * K[i] + SAVED * output[i];
        }
        for (int i = 0; i < count; i++) {
            city_output[c[i]] += output[i];
            city_innovations[c[i]] += success[i];
        }
    }
}

static void cities_step(const double *restrict gravity, const double *restrict output,
                        const double *restrict innovations, double *restrict talent,
                        double *restrict data, double *restrict totals) {
    double made = 0.0, found = 0.0, relative_output[CITIES], relative_innovations[CITIES];
    for (int c = 0; c < CITIES; c++) {
        made += output[c];
        found += innovations[c];
    }
    for (int c = 0; c < CITIES; c++) {
        relative_output[c] = output[c] / (made / CITIES);
        relative_innovations[c] = CITIES * innovations[c] / (found > 1.0 ? found : 1.0);
    }
    double arriving[CITIES], learnt[CITIES];
    for (int c = 0; c < CITIES; c++)
        arriving[c] = learnt[c] = 0.0;
    /* Four columns at a time: a vector of sums is fetched and stored once for four products. */
    for (int k = 0; k < CITIES; k += 4) {
        const double *restrict g0 = gravity + k * CITIES, *restrict g1 = g0 + CITIES;
        const double *restrict g2 = g1 + CITIES, *restrict g3 = g2 + CITIES;
        const double *x = relative_output + k, *y = relative_innovations + k;
#pragma omp simd
        for (int c = 0; c < CITIES; c++) {
            arriving[c] += g0[c] * x[0] + g1[c] * x[1] + g2[c] * x[2] + g3[c] * x[3];
            learnt[c] += g0[c] * y[0] + g1[c] * y[1] + g2[c] * y[2] + g3[c] * y[3];
        }
    }
    for (int c = 0; c < CITIES; c++) {
        talent[c] = (1.0 - RENEWAL) * talent[c] + RENEWAL * arriving[c];
        data[c] = (1.0 - RENEWAL) * data[c] + RENEWAL * learnt[c];
    }
    totals[0] += made;
    totals[1] += found;
}

static void move(int64_t firms, uint64_t key, uint64_t key_where, int32_t *restrict city) {
    double draw[BLOCK];
    for (int64_t first = 0; first < firms; first += BLOCK) {
        const int count = firms - first < BLOCK ? (int)(firms - first) : BLOCK;
#pragma omp simd
        for (int i = 0; i < count; i++)
            draw[i] = uniform(key, first + i);
        for (int i = 0; i < count; i++)
            if (draw[i] < MOVE_CHANCE) {
                const int ahead = 1 + (int)(uniform(key_where, first + i) * (CITIES - 1));
                city[first + i] = (city[first + i] + ahead) % CITIES;
            }
    }
}

/* bases: of the draws of success, of moving, and of where to. gravity: column by column. totals: output and
 * innovations, added to. */
void advance(int64_t firms, int64_t first_step, int64_t steps, double rate, const uint64_t *bases,
             int32_t *city, double *productivity, double *capital, const double *absorption,
             const double *price, const double *availability, double *talent, double *data,
             const double *gravity, double *output, double *totals) {
    double reach[CITIES], innovations[CITIES];
    for (int64_t step = first_step; step < first_step + steps; step++) {
        const uint64_t moment = (uint64_t)step * GOLDEN;
#pragma omp simd
        for (int c = 0; c < CITIES; c++)
            reach[c] = rate * pow(talent[c], TALENT_POWER) * pow(data[c], DATA_POWER);
        for (int c = 0; c < CITIES; c++)
            output[c] = innovations[c] = 0.0;
        firms_step(firms, mix(bases[0] + moment), city, productivity, capital, absorption, price, availability,
                   reach, output, innovations);
        cities_step(gravity, output, innovations, talent, data, totals);
        if ((step + 1) % MOVE_EVERY == 0)
            move(firms, mix(bases[1] + moment), mix(bases[2] + moment), city);
    }
}
/* --- benchmark --- */
