// The constants of SSIMULACRA 2.1 (Jon Sneyers, Cloudinary, 2022-2023; https://github.com/cloudinary/ssimulacra2)
// and of the XYB colour space under it (ISO/IEC 18181-1, JPEG XL). Plain numbers: every instruction set's
// kernels include this, so nothing here may become a function of its own.
#pragma once

namespace imgc::ssimulacra2 {

inline constexpr unsigned channels = 3;  // X, Y, B - Y
inline constexpr unsigned most_scales = 6;
inline constexpr unsigned least_side = 8;  // a scale is halved again while both its sides are at least this

// Cone responses of linear sRGB, before the cube root.
inline constexpr float opsin[3][3] = {{0.30F, 0.622F, 0.078F},
                                      {0.23F, 0.692F, 0.078F},
                                      {0.24342268924547819F, 0.20476744424496821F, 0.55180986650955360F}};
inline constexpr float opsin_bias = 0.0037930732552754493F;
inline constexpr float opsin_bias_root = 0.15595420054924863F;

// What brings X, Y and B - Y between 0 and 1.
inline constexpr float x_scale = 14;
inline constexpr float x_offset = 0.42F;
inline constexpr float y_offset = 0.01F;
inline constexpr float b_offset = 0.55F;

// SSIM's second constant. There is no first: luma is compared without a denominator.
inline constexpr float c2 = 0.0009F;

// The published blur is the recursive Gaussian of D. Charalampidis, "Recursive Implementation of the Gaussian
// Filter Using Truncated Cosine Functions" (2016), with a sigma of 1.5 and so a radius of 5. Its three
// sections leave a response of only nine samples, since the cosines of the incoming and the outgoing sample
// cancel beyond them. So it is a plain convolution: these are its taps from the middle outwards. Outside of the
// image is zero.
inline constexpr int blur_reach = 4;
inline constexpr float blur_taps[blur_reach + 1] = {0.26462110548819850F, 0.21292859201042214F,
                                                    0.10933537277746030F, 0.03601111465836435F,
                                                    0.00941436780965369F};

// Three error maps a channel and scale, and two norms of each.
enum Map : unsigned { ssim, artifact, detail_lost };
inline constexpr unsigned maps = 3;
inline constexpr unsigned norms = 2;  // the mean and the 4-norm
inline constexpr unsigned terms = maps * norms;

// Channel by channel, scale by scale: the three means, then the three 4-norms. An image too small for six
// scales takes the first of them without a gap, as the published program does.
inline constexpr double weights[channels * most_scales * terms] = {
    // X
    0, 0.0007376606707406586, 0, 0, 0.0007793481682867309, 0,                                            //
    0, 0.0004371155730107379, 0, 1.1041726426657346, 0.00066284834129271, 0.00015231632783718752,        //
    0, 0.0016406437456599754, 0, 1.8422455520539298, 11.441172603757666, 0,                              //
    0.0007989109436015163, 0.000176816438078653, 0, 1.8787594979546387, 10.94906990605142, 0,            //
    0.0007289346991508072, 0.9677937080626833, 0, 0.00014003424285435884, 0.9981766977854967,            //
    0.00031949755934435053,                                                                              //
    0.0004550992113792063, 0, 0, 0.0013648766163243398, 0, 0,                                            //
    // Y
    0, 0, 0, 7.466890328078848, 0, 17.445833984131262,                                                   //
    0.0006235601634041466, 0, 0, 6.683678146179332, 0.00037724407979611296, 1.027889937768264,           //
    225.20515300849274, 0, 0, 19.213238186143016, 0.0011401524586618361, 0.001237755635509985,           //
    176.39317598450694, 0, 0, 24.43300999870476, 0.28520802612117757, 0.0004485436923833408,             //
    0, 0, 0, 34.77906344483772, 44.835625328877896, 0,                                                   //
    0, 0, 0, 0, 0, 0,                                                                                    //
    // B - Y
    0, 0.0008680556573291698, 0, 0, 0, 0,                                                                //
    0, 0.0005313191874358747, 0, 0.00016533814161379112, 0, 0,                                           //
    0, 0, 0, 0.0004179171803251336, 0.0017290828234722833, 0,                                            //
    0.0020827005846636437, 0, 0, 8.826982764996862, 23.19243343998926, 0,                                //
    95.1080498811086, 0.9863978034400682, 0.9834382792465353, 0.0012286405048278493, 171.2667255897307,  //
    0.9807858872435379,                                                                                  //
    0, 0, 0, 0.0005130064588990679, 0, 0.00010854057858411537};

// From the weighted sum to a score: a cubic, then 100 - factor * x ^ exponent.
inline constexpr double sum_scale = 0.9562382616834844;
inline constexpr double cubic[3] = {2.326765642916932, -0.020884521182843837, 6.248496625763138e-05};
inline constexpr double score_factor = 10;
inline constexpr double score_exponent = 0.6276336467831387;

}  // namespace imgc::ssimulacra2
